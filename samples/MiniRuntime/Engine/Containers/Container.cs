using LibNetwork;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <summary>A container: its record, and while it runs its sandbox and process. What changes it does so in turn.</summary>
internal sealed partial class Container
{
    private readonly RuntimeEngine _engine;
    private readonly ContainerSandbox _network;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private PreparedProcess? _prepared;   // while somebody is attached before the start
    private readonly TaskCompletionSource<int> _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<int> _nextExit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Container(RuntimeEngine engine, ContainerFiles files, ContainerRecord record)
    {
        _engine = engine;
        _network = new ContainerSandbox(engine);
        Files = files;
        Record = record;
        Log = new ContainerLog(files.Path);
    }

    public string Id => Record.Id;

    public string Name => Record.Name;

    public ContainerFiles Files { get; }

    /// <summary>The container as it is now.</summary>
    public ContainerRecord Record { get; private set; }

    /// <summary>The process, while it runs.</summary>
    public RunningProcess? Process { get; private set; }

    /// <summary>The sandbox that the process is in, its own or another container's, while it runs.</summary>
    public ISandbox? Sandbox { get; private set; }

    /// <summary>What it has printed.</summary>
    public ContainerLog Log { get; }

    public bool IsRunning => Record.Status == ContainerStatus.Running;

    /// <summary>Completes with the exit code when the container has ended the next time and its network is gone.</summary>
    public Task<int> NextExit => Volatile.Read(ref _nextExit).Task;

    /// <summary>Completes with the last exit code when the container is removed.</summary>
    public Task<int> Removed => _removed.Task;

    /// <summary>Gives a new container its folder.</summary>
    public void Create()
    {
        Save(Record);
        Publish("create");
    }

    /// <summary>Opens the streams of the process; before a start those of the process to come, from its very beginning.</summary>
    public Task<IProcessStreams> AttachAsync(CancellationToken cancellationToken) => InTurnAsync(
        () =>
        {
            RefuseWhenRemoving();
            return Task.FromResult(Process?.OpenStreams() ?? Prepare().OpenStreams());
        },
        cancellationToken);

    public Task RenameAsync(string name, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            string old = Name;
            await RenameEndpointsAsync(Record with { Name = name });
            Publish("rename", ("oldName", $"/{old}"));
        },
        cancellationToken);

    /// <summary>Tells the world what happened to the container.</summary>
    public void Publish(string action, params ReadOnlySpan<(string Key, string Value)> more)
    {
        Dictionary<string, string> attributes = new(Record.Config.Labels ?? new Dictionary<string, string>())
        {
            ["image"] = Record.Config.Image,
            ["name"] = Name,
        };
        foreach ((string key, string value) in more)
        {
            attributes[key] = value;
        }

        _engine.Events.Publish("container", action, Id, attributes);
    }

    private void Save(ContainerRecord record)
    {
        Files.Write(record);
        Record = record;
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> code, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await code();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task InTurnAsync(Func<Task> code, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await code();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void RefuseWhenRemoving()
    {
        if (Record.Status == ContainerStatus.Removing)
        {
            throw EngineException.Conflict($"container is marked for removal and cannot be used: {Id}");
        }
    }
}
