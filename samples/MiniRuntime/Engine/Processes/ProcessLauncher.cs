using LibNetwork;

namespace MiniRuntime.Engine.Processes;

/// <summary>Starts containers' processes, takes up those that an earlier engine started, and runs further programs in them.</summary>
internal sealed class ProcessLauncher
{
    /// <summary>Prepares a container's root and starts its process inside a sandbox; a failure leaves nothing.</summary>
    /// <exception cref="EngineException">400 with exit code 127 or 126 in mind: the program is not there, or cannot be run.</exception>
    public Task<RunningProcess> StartAsync(ProcessSpec spec, ISandbox sandbox, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Takes up the process that an earlier engine started.</summary>
    /// <returns>The process if it still runs, otherwise its exit code, which is 137 when nobody knows it.</returns>
    public (RunningProcess? Running, int ExitCode) Adopt(string containerFolder) => throw new NotSupportedException();

    /// <summary>Runs a further program in a running container.</summary>
    public Task<ExecProcess> ExecuteAsync(RunningProcess container, ExecSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Removes what is in the way of deleting a container's folder: mounts and files.</summary>
    public void Clean(string containerFolder) => throw new NotSupportedException();
}
