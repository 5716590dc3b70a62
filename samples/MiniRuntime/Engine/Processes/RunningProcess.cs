namespace MiniRuntime.Engine.Processes;

/// <summary>A container's first process. It does not depend on the engine's life: another engine can adopt it.</summary>
internal sealed class RunningProcess
{
    /// <summary>Process 1 of the container, as the machine counts.</summary>
    public int Id => throw new NotSupportedException();

    /// <summary>Completes with the exit code (128 and the signal's number when a signal ended it) after the last process of the container is gone.</summary>
    public Task<int> Exited => throw new NotSupportedException();

    /// <summary>Sends a signal to process 1; a process that is gone is not an error.</summary>
    public void Signal(int signal) => throw new NotSupportedException();

    /// <summary>Its streams from now on (attach).</summary>
    public IProcessStreams OpenStreams() => throw new NotSupportedException();
}
