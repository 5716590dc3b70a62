using System.Diagnostics;

namespace LibNetwork.Samples.Tests;

/// <summary>The unmodified docker command line, talking to one engine.</summary>
internal sealed class DockerClient(string socketPath)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Runs a command that must succeed, and returns what it prints.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        (int exitCode, string output) = await TryAsync(input: null, arguments);
        Assert.True(exitCode == 0, $"docker {string.Join(' ', arguments)}: {exitCode}, {output}");
        return output.TrimEnd();
    }

    /// <summary>Runs a command that must fail, and returns what it prints.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        (int exitCode, string output) = await TryAsync(input: null, arguments);
        Assert.True(exitCode != 0, $"docker {string.Join(' ', arguments)} should fail: {output}");
        return output;
    }

    /// <summary>Runs a command with some input, and returns its exit code and what it prints, errors last.</summary>
    public async Task<(int ExitCode, string Output)> TryAsync(string? input, params string[] arguments)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "docker"))), "There is no docker command line in the PATH.");
        ProcessStartInfo start = new("docker", ["-H", $"unix://{socketPath}", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process docker = Process.Start(start)!;   // it is in the PATH
        Task<string> errors = docker.StandardError.ReadToEndAsync(Cancel);
        Task<string> output = docker.StandardOutput.ReadToEndAsync(Cancel);
        await docker.StandardInput.WriteAsync(input);
        docker.StandardInput.Close();
        try
        {
            await docker.WaitForExitAsync(Cancel).WaitAsync(Patience, Cancel);
        }
        catch
        {
            docker.Kill();
            throw;
        }

        return (docker.ExitCode, await output + await errors);
    }
}
