using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <summary>A program that a user wants to run in a running container, once.</summary>
internal sealed class ExecInstance(string id, Container container, ExecSpec spec)
{
    private const int NotFound = 127;

    private int _isStarted;

    public string Id { get; } = id;

    public Container Container { get; } = container;

    public ExecSpec Spec { get; } = spec;

    public ExecProcess? Process { get; private set; }

    public int? ExitCode { get; private set; }

    public bool IsRunning => Process is not null && ExitCode is null;

    /// <summary>Takes the one start; from then on nobody else can have it.</summary>
    /// <exception cref="EngineException">409: it has been started, or its container does not run.</exception>
    public RunningProcess Claim()
    {
        RunningProcess running = Container.Process ?? throw EngineException.Conflict($"container {Container.Id} is not running");
        return Interlocked.Exchange(ref _isStarted, 1) == 0
            ? running
            : throw EngineException.Conflict($"exec {Id} has already been started");
    }

    /// <summary>Starts the program, which <see cref="Claim"/> has allowed.</summary>
    public async Task<ExecProcess> StartAsync(RuntimeEngine engine, RunningProcess running)
    {
        string command = string.Join(' ', Spec.Command);
        try
        {
            Process = await engine.Launcher.ExecuteAsync(running, Spec, CancellationToken.None);
        }
        catch
        {
            ExitCode = NotFound;
            throw;
        }

        Container.Publish($"exec_start: {command}", ("execID", Id));
        return Process;
    }

    /// <summary>Waits for the program's end and clears it up.</summary>
    public async Task FinishAsync(ExecProcess process)
    {
        await using (process)
        {
            ExitCode = await process.Exited;
        }

        Container.Publish("exec_die", ("execID", Id), ("exitCode", $"{ExitCode}"));
    }
}
