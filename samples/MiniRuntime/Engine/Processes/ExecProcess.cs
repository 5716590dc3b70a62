using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>A program that runs in a container beside its first process. When the engine ends its streams end, and a terminal hangs up.</summary>
internal sealed class ExecProcess : IAsyncDisposable
{
    private readonly ProcessIdentity _process;
    private readonly ExecStreams _streams;

    private ExecProcess(ProcessIdentity process, ExecStreams streams, ExitWatch exits)
    {
        _process = process;
        _streams = streams;
        Exited = WaitAsync(exits);
    }

    public int Id => _process.Id;

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited { get; }

    public IProcessStreams Streams => _streams;

    /// <summary>Starts a program in a container.</summary>
    internal static async Task<ExecProcess> StartAsync(RunningProcess container, ExecSpec spec, ExitWatch exits)
    {
        using SafeFileHandle target = container.OpenDescriptor() ?? throw EngineException.Conflict("the container is not running");
        (ContainerUser user, IReadOnlyList<string> environment) = ContainerView.Look(container, spec);
        string directory = spec.WorkingDirectory is { Length: > 0 } asked ? asked : ProcessRecord.Read(container.Folder.Record)?.WorkingDirectory ?? "/";
        ulong bound = spec.Privileged ? ulong.MaxValue : ContainerView.Bound(container);
        ExecPipes? pipes = spec.Terminal ? null : new ExecPipes(spec.OpenInput);
        try
        {
            Spawn.Result result = await Spawn.RunAsync(new Spawn.Request(
                target, Candidates(spec.Command[0], environment), spec.Command, environment, directory, user, bound, spec.Terminal,
                pipes?.ChildInput, pipes?.ChildOutput, pipes?.ChildError));
            pipes?.CloseChildEnds();
            if (result.Failed is { } step)
            {
                throw Failure(spec.Command[0], step, result.Error, directory);
            }

            // Not reaped yet, so its id is still its own.
            ProcessIdentity process = ProcessIdentity.Of(result.Process) ?? throw new InvalidOperationException("A child vanished before it was reaped.");
            return new ExecProcess(process, new ExecStreams(pipes, result.Terminal), exits);
        }
        catch
        {
            pipes?.Dispose();
            throw;
        }
    }

    /// <summary>Ends the program if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process.IsAlive)
        {
            _ = Posix.Kill(_process.Id, Posix.SigKill);
        }

        await Exited;
        _streams.Dispose();
    }

    private async Task<int> WaitAsync(ExitWatch exits)
    {
        await exits.WaitAsync(_process);
        return Posix.Reap(_process.Id);
    }

    private static IReadOnlyList<string> Candidates(string program, IReadOnlyList<string> environment)
    {
        const string Path = "PATH=";
        return program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : [.. (environment.FirstOrDefault(entry => entry.StartsWith(Path, StringComparison.Ordinal)) ?? Path)[Path.Length..].Split(':')
                .Select(folder => $"{(folder.Length == 0 ? "." : folder)}/{program}")];
    }

    private static EngineException Failure(string program, string step, int error, string directory)
    {
        const int NotFound = 2, NotPermitted = 13;
        bool isPath = program.Contains('/', StringComparison.Ordinal);
        (string why, int code) = (step, error) switch
        {
            ("exec", NotFound) when isPath => ($"exec: \"{program}\": stat {program}: no such file or directory", 127),
            ("exec", NotFound) => ($"exec: \"{program}\": executable file not found in $PATH", 127),
            ("exec", NotPermitted) => ($"exec: \"{program}\": permission denied", 126),
            ("chdir", NotFound) => ($"chdir to cwd (\"{directory}\") set in config.json failed: no such file or directory", 126),
            _ => ($"{step}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}", 126),
        };
        return new EngineException(400, $"OCI runtime exec failed: exec failed: unable to start container process: {why}: unknown") { ExitCode = code };
    }
}
