namespace MiniRuntime.Engine.Processes;

/// <summary>A program that runs in a container beside its first process; it ends with the engine.</summary>
internal sealed class ExecProcess : IAsyncDisposable
{
    public int Id => throw new NotSupportedException();

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited => throw new NotSupportedException();

    public IProcessStreams Streams => throw new NotSupportedException();

    /// <summary>Ends the program if it still runs.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
