using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>A container's first process. It does not depend on the engine's life: another engine can adopt it.</summary>
internal sealed class RunningProcess
{
    /// <summary>The exit code of a process of which nobody knows one.</summary>
    public const int UnknownExitCode = 128 + Posix.SigKill;

    private readonly ContainerFolder _folder;
    private readonly ProcessIdentity _first;
    private readonly InputPipe? _input;
    private readonly bool _terminal;

    internal RunningProcess(ContainerFolder folder, ProcessIdentity first, Task<int> exited, InputPipe? input, bool terminal)
    {
        _folder = folder;
        _first = first;
        Exited = exited;
        _input = input;
        _terminal = terminal;
    }

    /// <summary>Process 1 of the container, as the machine counts.</summary>
    public int Id => _first.Id;

    /// <summary>Completes with the exit code (128 and the signal's number when a signal ended it) after the last process of the container is gone.</summary>
    public Task<int> Exited { get; }

    internal ContainerFolder Folder => _folder;

    /// <summary>A descriptor of process 1; <see langword="null"/> when it has ended.</summary>
    internal SafeFileHandle? OpenDescriptor()
    {
        SafeFileHandle? descriptor = Posix.OpenProcess(Id);
        if (descriptor is not null && !_first.IsAlive)   // asked after opening: the descriptor is surely this process's
        {
            descriptor.Dispose();
            return null;
        }

        return descriptor;
    }

    /// <summary>Sends a signal to process 1; a process that is gone is not an error.</summary>
    public void Signal(int signal)
    {
        if (_first.IsAlive)
        {
            _ = Posix.Kill(_first.Id, signal);
        }
    }

    /// <summary>Its streams from now on (attach).</summary>
    public IProcessStreams OpenStreams() => new ContainerStreams(_folder, _input, Exited, () => Id, _terminal);

    /// <summary>Sets the size of its terminal; without one it does nothing.</summary>
    public void Resize(int rows, int columns)
    {
        if (_terminal && !Exited.IsCompleted)
        {
            Terminal.Resize(Id, rows, columns);
        }
    }
}
