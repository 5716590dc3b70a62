namespace LibNetwork.Samples.Tests;

/// <summary>The unmodified docker command line as the engine's client.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerCommandLineTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly DockerClient _docker = new(fixture.Engine.SocketPath);

    [Fact]
    public async Task It_shows_version_and_networks()
    {
        Assert.Contains("1.47", await _docker.RunAsync("version", "--format", "{{.Server.APIVersion}}"), StringComparison.Ordinal);
        Assert.Contains("bridge host ipvlan macvlan null", await _docker.RunAsync("info", "--format", "{{join .Plugins.Network \" \"}}"), StringComparison.Ordinal);
        string networks = await _docker.RunAsync("network", "ls", "--filter", "type=builtin", "--format", "{{.Name}} {{.Driver}} {{.Scope}}");
        Assert.Equal(["bridge bridge local", "host host local", "none null local"], networks.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact, Trait("Feature", "PM-05")]
    public async Task It_publishes_ports_and_shows_them()
    {
        await _docker.RunAsync("run", "-d", "--name", "web", "-p", "127.0.0.1:18080:80", "-p", "18081:81/udp", "--expose", "90", "host", "sleep", "1000");
        await _docker.RunAsync("run", "-d", "--name", "all", "--expose", "90", "-P", "host", "sleep", "1000");
        try
        {
            Assert.Equal(
                ["80/tcp -> 127.0.0.1:18080", "81/udp -> 0.0.0.0:18081", "81/udp -> [::]:18081"],
                (await _docker.RunAsync("port", "web")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains("127.0.0.1:18080->80/tcp", await _docker.RunAsync("ps", "--filter", "name=web", "--format", "{{.Ports}}"), StringComparison.Ordinal);
            Assert.Contains("90/tcp", await _docker.RunAsync("ps", "--filter", "name=web", "--format", "{{.Ports}}"), StringComparison.Ordinal);
            Assert.Matches(@"^0\.0\.0\.0:\d+", await _docker.RunAsync("port", "all", "90/tcp"));
            string refused = await _docker.FailAsync("run", "-d", "--name", "late", "-p", "18080:80", "host", "sleep", "1000");
            Assert.Contains("18080/tcp is already allocated by endpoint", refused, StringComparison.Ordinal);
            await _docker.RunAsync("stop", "-t", "0", "web");
            Assert.Empty(await _docker.RunAsync("port", "web"));
            await _docker.RunAsync("start", "late");
            Assert.Contains("80/tcp -> 0.0.0.0:18080", await _docker.RunAsync("port", "late"), StringComparison.Ordinal);
        }
        finally
        {
            await _docker.RunAsync("rm", "-f", "web", "all", "late");
        }
    }

    [Fact]
    public async Task It_creates_inspects_and_removes_a_network()
    {
        string id = (await _docker.RunAsync("network", "create", "--subnet", "10.33.0.0/24", "--label", "a=b", "cli")).Trim();

        Assert.Equal($"{id} 10.33.0.0/24 b", (await _docker.RunAsync("network", "inspect", "cli", "--format", "{{.Id}} {{(index .IPAM.Config 0).Subnet}} {{.Labels.a}}")).Trim());
        Assert.Contains("network with name cli already exists", await _docker.FailAsync("network", "create", "cli"), StringComparison.Ordinal);
        Assert.Contains("overlap", await _docker.FailAsync("network", "create", "--subnet", "10.33.0.0/16", "cli2"), StringComparison.Ordinal);
        Assert.Equal("cli", (await _docker.RunAsync("network", "rm", "cli")).Trim());
        Assert.Contains("network cli not found", await _docker.FailAsync("network", "inspect", "cli"), StringComparison.Ordinal);
    }
}
