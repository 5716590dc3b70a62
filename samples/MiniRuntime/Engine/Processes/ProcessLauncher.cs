using LibNetwork;

namespace MiniRuntime.Engine.Processes;

/// <summary>Starts containers' processes, takes up those that an earlier engine started, and runs further programs in them.</summary>
internal sealed class ProcessLauncher
{
    private readonly ExitWatch _exits = new();
    private readonly Lazy<Task> _warmUp = new(Spawn.WarmUpAsync);

    public ProcessLauncher() => Posix.KeepDescriptors();   // what the engine inherited is not the containers' business

    /// <summary>How roots are kept.</summary>
    public RootStorage Roots { get; init; } = new();

    /// <summary>Makes ready to start; what is attached before the start sees all that the process prints.</summary>
    public PreparedProcess Prepare(ProcessSpec spec) => new(spec);

    /// <summary>Prepares a container's root and starts its process inside a sandbox; a failure leaves nothing.</summary>
    /// <exception cref="EngineException">400 with exit code 127 or 126 in mind: the program is not there, or cannot be run.</exception>
    public async Task<RunningProcess> StartAsync(ProcessSpec spec, ISandbox sandbox, CancellationToken cancellationToken)
    {
        using PreparedProcess prepared = Prepare(spec);
        return await StartAsync(prepared, sandbox, cancellationToken);
    }

    /// <inheritdoc cref="StartAsync(ProcessSpec, ISandbox, CancellationToken)"/>
    public async Task<RunningProcess> StartAsync(PreparedProcess prepared, ISandbox sandbox, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();   // later it is not worth it: all takes some milliseconds
        ContainerFolder folder = prepared.Folder;
        IReadOnlyList<string> command = StartCommand.Build(prepared.Spec, Roots, sandbox.State.UsesHostNamespace);
        using KeeperProcess keeper = await KeeperProcess.StartAsync(sandbox, command);
        try
        {
            int id = await keeper.ReadyAsync();
            RootChange.Run(id, folder.Root);
            ProcessIdentity first = Identify(id), parent = Identify(keeper.Id);

            // From the record on a later engine knows it. If this engine ends before it says go, the process ends by itself.
            ProcessSpec spec = prepared.Spec;
            new ProcessRecord(ProcessRecord.CurrentBoot, parent, first, spec.Terminal, spec.OpenInput, spec.WorkingDirectory).Write(folder.Record);
            await keeper.GoAsync();
            return prepared.Started(first, WatchAsync(folder, parent, first));
        }
        catch
        {
            prepared.Dispose();
            await keeper.KillAsync();
            File.Delete(folder.Record);
            throw;
        }
    }

    /// <summary>Takes up the process that an earlier engine started.</summary>
    /// <returns>The process if it still runs, otherwise its exit code, which is 137 when nobody knows it.</returns>
    public (RunningProcess? Running, int ExitCode) Adopt(string containerFolder)
    {
        ContainerFolder folder = new(containerFolder);
        if (ProcessRecord.Read(folder.Record) is not { } record || record.Boot != ProcessRecord.CurrentBoot || !(record.First.IsAlive || record.Keeper.IsAlive))
        {
            return (null, folder.ReadExitCode() ?? RunningProcess.UnknownExitCode);
        }

        InputPipe? input = record.OpenInput ? InputPipe.Open(folder.Input) : null;
        input?.Connect();
        return (new RunningProcess(folder, record.First, WatchAsync(folder, record.Keeper, record.First), input, record.Terminal), 0);
    }

    /// <summary>Runs a further program in a running container.</summary>
    /// <exception cref="EngineException">400 with an exit code: the program is not there, or cannot be run. 409: the container does not run.</exception>
    public async Task<ExecProcess> ExecuteAsync(RunningProcess container, ExecSpec spec, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _warmUp.Value;
        return await ExecProcess.StartAsync(container, spec, _exits);
    }

    /// <summary>Removes what is in the way of deleting a container's folder: mounts and files.</summary>
    public void Clean(string containerFolder)
    {
        // The mounts were the container's own and went with it. What is left are files, some of them in folders that nobody may enter.
        if (Directory.Exists(containerFolder))
        {
            Directory.Delete(containerFolder, recursive: true);
        }
    }

    private static ProcessIdentity Identify(int id)
        => ProcessIdentity.Of(id) ?? throw KeeperProcess.CannotCreate(500, "the process ended while it was set up", exitCode: 128);

    private async Task<int> WatchAsync(ContainerFolder folder, ProcessIdentity keeper, ProcessIdentity first)
    {
        await _exits.WaitAsync(keeper);
        await _exits.WaitAsync(first);   // still there only when somebody has killed its keeper
        return folder.ReadExitCode() ?? RunningProcess.UnknownExitCode;
    }
}
