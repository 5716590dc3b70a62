namespace MiniRuntime.Engine.Processes;

/// <summary>A container's process that is about to start. Streams that are opened now see all that it prints.</summary>
internal sealed class PreparedProcess : IDisposable
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _first;

    public PreparedProcess(ProcessSpec spec)
    {
        Spec = spec;
        Folder = new ContainerFolder(spec.Folder);
        foreach (string log in new[] { Folder.Output, Folder.Error })
        {
            // Appended to over restarts. Open to all users of the container, who may reopen /dev/stdout; the folder is closed to others.
            File.Open(log, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            File.SetUnixFileMode(log, LogMode);
        }

        Input = spec.OpenInput ? InputPipe.Open(Folder.Input) : null;
    }

    public ProcessSpec Spec { get; }

    public ContainerFolder Folder { get; }

    internal InputPipe? Input { get; }

    private static UnixFileMode LogMode
        => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The streams of the process, from its very beginning.</summary>
    public IProcessStreams OpenStreams() => new ContainerStreams(Folder, Input, _exited.Task, () => _first, Spec.Terminal);

    /// <summary>The process runs.</summary>
    internal RunningProcess Started(ProcessIdentity first, Task<int> exited)
    {
        _first = first.Id;
        Input?.Connect();
        RunningProcess running = new(Folder, first, exited, Input, Spec.Terminal);
        _ = exited.ContinueWith(
            ended => _exited.TrySetResult(ended.IsCompletedSuccessfully ? ended.Result : RunningProcess.UnknownExitCode),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return running;
    }

    /// <summary>It does not start after all; whoever reads its streams comes to their end.</summary>
    public void Dispose()
    {
        if (_first == 0)
        {
            Input?.Close();
            _exited.TrySetResult(RunningProcess.UnknownExitCode);
        }
    }
}
