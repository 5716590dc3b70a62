using System.Diagnostics;
using LibNetwork;

namespace MiniRuntime.Engine.Processes;

/// <summary>The start of a container's process, step by step: until the last one, the engine's end is its end too.</summary>
internal sealed class KeeperProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private int _first;

    private KeeperProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static async Task<KeeperProcess> StartAsync(ISandbox sandbox, IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = HostPrograms.SearchPath;
        start.Environment["SHELL"] = HostPrograms.Shell;
        Process process = await sandbox.RunInsideAsync(() => Process.Start(start))
            ?? throw new EngineException(500, $"{command[0]} did not start");
        return new KeeperProcess(process);
    }

    /// <summary>Waits until the container's process stands in its mounts; returns its id as the machine counts.</summary>
    public async Task<int> ReadyAsync()
    {
        string id = await ReadAsync() ?? throw await FailedAsync();
        _first = int.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
        return await ReadAsync() == "ready" ? _first : throw await FailedAsync();
    }

    /// <summary>Lets the program begin.</summary>
    /// <exception cref="EngineException">400: it is not there or cannot be run.</exception>
    public async Task GoAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
        string answer = await ReadAsync() ?? throw await FailedAsync();
        if (answer != "started")
        {
            string[] failure = answer.Split(' ', 2);
            throw CannotCreate(400, failure[1], int.Parse(failure[0], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Ends all of it and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (_first != 0)
        {
            _ = Posix.Kill(_first, Posix.SigKill);   // its parent is there, so the id is still its own
        }
        else
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
    }

    public void Dispose() => _process.Dispose();

    private Task<string?> ReadAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    private async Task<EngineException> FailedAsync() => CannotCreate(500, (await _errors.WaitAsync(Patience)).Trim(), exitCode: 128);

    public static EngineException CannotCreate(int status, string why, int exitCode)
        => new(status, $"failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: {why}: unknown")
        {
            ExitCode = exitCode,
        };
}
