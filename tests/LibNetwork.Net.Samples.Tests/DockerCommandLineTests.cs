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
        Assert.Contains("bridge host null", await _docker.RunAsync("info", "--format", "{{join .Plugins.Network \" \"}}"), StringComparison.Ordinal);
        string networks = await _docker.RunAsync("network", "ls", "--filter", "type=builtin", "--format", "{{.Name}} {{.Driver}} {{.Scope}}");
        Assert.Equal(["bridge bridge local", "host host local", "none null local"], networks.Split('\n', StringSplitOptions.RemoveEmptyEntries));
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
