using System.Diagnostics;

namespace LibNetwork.Samples.Tests;

/// <summary>The unmodified docker command line as the engine's client.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerCommandLineTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_version_and_networks()
    {
        Assert.Contains("1.47", await DockerAsync(0, "version", "--format", "{{.Server.APIVersion}}"), StringComparison.Ordinal);
        Assert.Contains("bridge host null", await DockerAsync(0, "info", "--format", "{{join .Plugins.Network \" \"}}"), StringComparison.Ordinal);
        string networks = await DockerAsync(0, "network", "ls", "--filter", "type=builtin", "--format", "{{.Name}} {{.Driver}} {{.Scope}}");
        Assert.Equal(["bridge bridge local", "host host local", "none null local"], networks.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task It_creates_inspects_and_removes_a_network()
    {
        string id = (await DockerAsync(0, "network", "create", "--subnet", "10.33.0.0/24", "--label", "a=b", "cli")).Trim();

        Assert.Equal($"{id} 10.33.0.0/24 b", (await DockerAsync(0, "network", "inspect", "cli", "--format", "{{.Id}} {{(index .IPAM.Config 0).Subnet}} {{.Labels.a}}")).Trim());
        Assert.Contains("network with name cli already exists", await DockerAsync(1, "network", "create", "cli"), StringComparison.Ordinal);
        Assert.Contains("overlap", await DockerAsync(1, "network", "create", "--subnet", "10.33.0.0/16", "cli2"), StringComparison.Ordinal);
        Assert.Equal("cli", (await DockerAsync(0, "network", "rm", "cli")).Trim());
        Assert.Contains("network cli not found", await DockerAsync(1, "network", "inspect", "cli"), StringComparison.Ordinal);
    }

    private async Task<string> DockerAsync(int exitCode, params string[] arguments)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "docker"))), "There is no docker command line in the PATH.");
        ProcessStartInfo start = new("docker", ["-H", $"unix://{_engine.SocketPath}", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process docker = Process.Start(start)!;   // it is in the PATH
        Task<string> errors = docker.StandardError.ReadToEndAsync(Cancel);
        string output = await docker.StandardOutput.ReadToEndAsync(Cancel) + await errors;
        await docker.WaitForExitAsync(Cancel);
        Assert.True(docker.ExitCode == exitCode, $"docker {string.Join(' ', arguments)}: {docker.ExitCode}, {output}");
        return output;
    }
}
