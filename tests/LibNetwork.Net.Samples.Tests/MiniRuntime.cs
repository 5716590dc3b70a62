using System.Diagnostics;
using System.Text;

namespace LibNetwork.Samples.Tests;

/// <summary>The sample MiniRuntime, started as a process with a folder of its own for temporary files, by which all that it leaves is found.</summary>
internal sealed class MiniRuntime : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private MiniRuntime(string folder, string[] arguments)
    {
        _folder = folder;

        // Who is started in the background may ignore Ctrl-C, and passes that on: env takes it back.
        ProcessStartInfo start = new("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "MiniRuntime.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = folder },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("MiniRuntime did not start.");
    }

    /// <summary>What it has printed so far, as the tests have read it.</summary>
    public string Output => _output.ToString();

    public static MiniRuntime Start(params string[] arguments) => new(Directory.CreateTempSubdirectory("libnetwork-samples-").FullName, arguments);

    /// <summary>Starts it again on the same folder.</summary>
    public MiniRuntime StartAnother(params string[] arguments) => new(_folder, arguments);

    /// <summary>Waits until it prints a line with some text in it.</summary>
    public async Task WaitForLineAsync(string text, CancellationToken cancellationToken)
    {
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"It ended without \"{text}\":{Environment.NewLine}{Output}");
    }

    /// <summary>Does what Ctrl-C does.</summary>
    public Task InterruptAsync(CancellationToken cancellationToken) => SignalAsync("INT", cancellationToken);

    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        while (await ReadLineAsync(cancellationToken) is not null)
        {
            // Kept for the message of a test that fails.
        }

        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>The folders of the worlds that are there.</summary>
    public IEnumerable<string> Worlds() => Directory.EnumerateDirectories(_folder, "libnetwork-demo-*");

    /// <summary>Its worlds, mounts and processes that are still there. A namespace lives by one of these.</summary>
    public IEnumerable<string> Leftovers()
        => Worlds()
            .Concat(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(_folder, StringComparison.Ordinal)))
            .Concat(Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]) && StartedByIt(process)));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();   // while it lives its folder is left over
        }

        _process.Dispose();
        if (Directory.Exists(_folder) && !Leftovers().Any())
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    // Processes inherit the variable that names the folder.
    private bool StartedByIt(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/environ").Contains($"TMPDIR={_folder}\0", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;   // it has ended meanwhile, or is somebody's who guards it
        }
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        string? line = await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        _output.AppendLine(line);
        return line;
    }
}
