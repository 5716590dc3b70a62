using System.Net;
using System.Text.Json.Nodes;
using LibNetwork.Linux.Namespaces;
using LibNetwork.TestSupport;

namespace LibNetwork.Samples.Tests;

/// <summary>An engine ends, gracefully or not, and the next one takes up its containers with their networking.</summary>
[Trait("Category", "Kernel")]
public sealed class EngineRestartTests(EngineFixture fixture) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private const string Sleeper = """{"Image":"host","Cmd":["sleep","1000"],"HostConfig":{"NetworkMode":"own"}}""";
    private static readonly TimeSpan Patience = Waiting.Patience;

    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (JsonNode? container in (await _engine.GetAsync("/containers/json?all=1", CancellationToken.None)).AsArray())
        {
            await _engine.SendAsync(HttpMethod.Delete, $"/containers/{container!["Id"]}?force=1", body: null, CancellationToken.None);
        }

        await _engine.SendAsync(HttpMethod.Post, "/networks/prune", body: null, CancellationToken.None);
    }

    [Theory, Trait("Feature", "ST-05")]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Containers_and_their_networking_outlive_the_engine(string signal)
    {
        IReadOnlyList<string> empty = await _engine.KernelAsync();
        await _engine.CreateNetworkAsync("""{"Name":"own","EnableIPv6":true,"Labels":{"k":"v"},"Attachable":true}""", Cancel);
        await _engine.CreateNetworkAsync("""{"Name":"second","Internal":true}""", Cancel);
        foreach (string name in (string[])["one", "two"])
        {
            await _engine.CreateContainerAsync(name, Sleeper, Cancel);
            await _engine.PostAsync($"/containers/{name}/start", Cancel);
        }

        await _engine.PostAsync("/networks/second/connect", Cancel, """{"Container":"two","EndpointConfig":{"Aliases":["al"],"GwPriority":3}}""");
        string state = await StateAsync();
        IReadOnlyList<string> kernel = await _engine.KernelAsync();

        await _engine.EndAsync(signal, Cancel);
        Assert.Equal(kernel, await _engine.KernelAsync());
        await _engine.StartAgainAsync(Cancel);

        Assert.Equal(state, await StateAsync());
        Assert.Equal(kernel, await _engine.KernelAsync());
        JsonNode one = await _engine.GetAsync("/containers/one/json", Cancel), two = await _engine.GetAsync("/containers/two/json", Cancel);
        using NetworkNamespace from = Namespace(one), to = Namespace(two);
        IPAddress address = IPAddress.Parse((string)two["NetworkSettings"]!["Networks"]!["own"]!["IPAddress"]!);
        Assert.NotNull(await Traffic.SendAsync(from.OpenSocket, to.OpenSocket, address, Patience));

        await DisposeAsync();   // what was taken up can be taken apart
        Assert.Equal(empty, await _engine.KernelAsync());
    }

    [Fact, Trait("Feature", "ST-06")]
    public async Task A_container_that_died_meanwhile_has_exited_and_its_networking_is_gone()
    {
        await _engine.CreateNetworkAsync("""{"Name":"own"}""", Cancel);
        IReadOnlyList<string> before = await _engine.KernelAsync();
        await _engine.CreateContainerAsync("one", Sleeper, Cancel);
        await _engine.PostAsync("/containers/one/start", Cancel);
        int process = (await _engine.GetAsync("/containers/one/json", Cancel))["State"]!["Pid"]!.GetValue<int>();
        await _engine.EndAsync("TERM", Cancel);

        using (System.Diagnostics.Process first = System.Diagnostics.Process.GetProcessById(process))
        {
            first.Kill();
            await first.WaitForExitAsync(Cancel);
        }

        await _engine.StartAgainAsync(Cancel);

        JsonNode one = await _engine.GetAsync("/containers/one/json", Cancel);
        Assert.Equal("exited", (string?)one["State"]!["Status"]);
        Assert.Equal("{}", (await _engine.GetAsync("/networks/own", Cancel))["Containers"]!.ToJsonString());
        Assert.Equal(before, await _engine.KernelAsync());
        await _engine.PostAsync("/containers/one/start", Cancel);   // and it starts again
    }

    private static NetworkNamespace Namespace(JsonNode container) => NetworkNamespace.Open((string)container["NetworkSettings"]!["SandboxKey"]!);

    private async Task<string> StateAsync()
    {
        List<string?> state = [];
        foreach (string name in (string[])["one", "two"])
        {
            JsonNode container = await _engine.GetAsync($"/containers/{name}/json", Cancel);
            state.Add($"{container["State"]!["Pid"]} {container["NetworkSettings"]!.ToJsonString()}");
        }

        foreach (string name in (string[])["own", "second", "bridge"])
        {
            state.Add((await _engine.GetAsync($"/networks/{name}", Cancel)).ToJsonString());
        }

        return string.Join('\n', state);
    }
}
