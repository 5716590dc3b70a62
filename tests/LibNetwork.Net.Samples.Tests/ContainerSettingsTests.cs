using System.Text.Json.Nodes;

namespace LibNetwork.Samples.Tests;

/// <summary>What a container asks of its host reaches its process. Driven by plain HTTP, so it needs no docker.</summary>
[Trait("Category", "Kernel")]
public sealed class ContainerSettingsTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "net.ipv4.ip_unprivileged_port_start", "0")]   // the control: docker's default
    [InlineData("\"Sysctls\":{\"net.ipv4.ip_unprivileged_port_start\":\"42\"}", "net.ipv4.ip_unprivileged_port_start", "42")]
    [InlineData("\"Sysctls\":{\"net.ipv4.ip_default_ttl\":\"77\"}", "net.ipv4.ip_default_ttl", "77")]
    public async Task A_parameter_of_the_network_is_set_before_the_process_starts(string hostConfig, string key, string expected)
        => Assert.Equal(expected, await PrintAsync($"cat /proc/sys/{key.Replace('.', '/')}", hostConfig));

    [Theory]
    [InlineData("{\"NetworkMode\":\"host\",\"Sysctls\":{\"net.ipv4.ip_default_ttl\":\"77\"}}", "not allowed in host network namespace")]
    [InlineData("{\"Sysctls\":{\"kernel.panic\":\"77\"}}", "not in a separate kernel namespace")]
    public async Task A_parameter_that_is_not_the_containers_own_is_refused(string hostConfig, string problem)
    {
        string id = await _engine.CreateContainerAsync("refused", $$"""{"Image":"host","Cmd":["true"],"HostConfig":{{hostConfig}}}""", Cancel);

        (int status, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Post, $"/containers/{id}/start", body: null, Cancel);

        Assert.Equal(400, status);
        Assert.Contains(problem, (string?)answer!["message"], StringComparison.Ordinal);
        await _engine.SendAsync(HttpMethod.Delete, $"/containers/{id}", body: null, Cancel);
    }

    [Theory]
    [InlineData("", false, true)]   // docker's default set has CAP_NET_RAW and not CAP_NET_ADMIN
    [InlineData("\"CapAdd\":[\"NET_ADMIN\"]", true, true)]
    [InlineData("\"CapDrop\":[\"NET_RAW\"]", false, false)]
    [InlineData("\"CapDrop\":[\"ALL\"]", false, false)]
    [InlineData("\"Privileged\":true", true, true)]
    public async Task Capabilities_are_what_was_asked_for(string hostConfig, bool hasNetAdmin, bool hasNetRaw)
    {
        const int NetAdmin = 12, NetRaw = 13;   // linux/capability.h

        ulong bounding = Convert.ToUInt64((await PrintAsync("grep CapBnd /proc/self/status", hostConfig)).Split('\t')[1], 16);

        Assert.Equal((hasNetAdmin, hasNetRaw), ((bounding >> NetAdmin & 1) != 0, (bounding >> NetRaw & 1) != 0));
    }

    [Fact]
    public async Task A_terminal_takes_the_size_that_it_is_given()
    {
        await _engine.CreateContainerAsync(
            "tty", """{"Image":"host","Tty":true,"Cmd":["sh","-c","until [ \"$(stty size)\" = \"33 99\" ]; do sleep 0.02; done"]}""", Cancel);
        await _engine.PostAsync("/containers/tty/start", Cancel);

        await _engine.PostAsync("/containers/tty/resize?h=33&w=99", Cancel);

        Assert.Equal(0, await _engine.WaitForEndAsync("tty", Cancel));
        await _engine.SendAsync(HttpMethod.Delete, "/containers/tty", body: null, Cancel);
    }

    /// <summary>Runs a command to its end and returns what it prints. With a terminal the log has no frames.</summary>
    private async Task<string> PrintAsync(string command, string hostConfig)
    {
        JsonObject request = new()
        {
            ["Image"] = "host", ["Tty"] = true, ["Cmd"] = new JsonArray("sh", "-c", command), ["HostConfig"] = JsonNode.Parse($"{{{hostConfig}}}"),
        };
        string id = await _engine.CreateContainerAsync("printer", request.ToJsonString(), Cancel);
        try
        {
            await _engine.PostAsync($"/containers/{id}/start", Cancel);
            Assert.Equal(0, await _engine.WaitForEndAsync(id, Cancel));
            return (await _engine.Client.GetStringAsync($"/containers/{id}/logs?stdout=1", Cancel)).Trim();
        }
        finally
        {
            await _engine.SendAsync(HttpMethod.Delete, $"/containers/{id}?force=1", body: null, CancellationToken.None);
        }
    }
}
