using System.Text.Json.Nodes;
using LibNetwork.Plugins;
using LibNetwork.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Samples.Tests;

/// <summary>An engine whose networks are a plugin's.</summary>
[Trait("Category", "Kernel")]
public sealed class EnginePluginTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "RM-02")]
    public async Task A_network_is_a_plugins_once_the_plugin_is_there()
    {
        (int status, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Post, "/networks/create", """{"Name":"early","Driver":"plug"}""", Cancel);
        Assert.Equal((404, "could not find a network driver: plugin \"plug\" not found"), (status, (string?)answer?["message"]));
        FakeNetworkDriver driver = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ListenOnDockerPluginSocket(Path.Combine(_engine.PluginFolder, "plug.sock"));
        await using WebApplication plugin = builder.Build();
        plugin.MapDockerNetworkPlugin(driver, new DockerPluginOptions());
        await plugin.StartAsync(Cancel);

        string id = await _engine.CreateNetworkAsync("""{"Name":"late","Driver":"plug","Options":{"colour":"red"}}""", Cancel);

        Assert.Equal("plug", (string?)(await _engine.GetAsync("/networks/late", Cancel))["Driver"]);
        Assert.Equal("red", Assert.Single(driver.Networks).Value.Options["colour"]);
        Assert.Equal(id, Assert.Single(driver.Networks).Key.Value);
        Assert.Contains("plug", (await _engine.GetAsync("/info", Cancel))["Plugins"]!["Network"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(204, (await _engine.SendAsync(HttpMethod.Delete, "/networks/late", body: null, Cancel)).Status);
        Assert.Empty(driver.Networks);
    }
}
