using Microsoft.Win32.SafeHandles;
using System.Runtime.CompilerServices;

namespace MiniRuntime.Engine.Processes;

/// <summary>One attached client's end of a container's streams: its log from the moment of attaching on, and its input.</summary>
internal sealed class ContainerStreams : IProcessStreams
{
    private readonly ContainerFolder _folder;
    private readonly LogFollower _log;
    private readonly InputPipe? _input;
    private readonly Task _ended;
    private readonly Func<int> _first;
    private readonly bool _terminal;
    private int _inputIsClosed;

    public ContainerStreams(ContainerFolder folder, InputPipe? input, Task ended, Func<int> first, bool terminal)
    {
        _folder = folder;
        _log = LogFollower.AtEnd(folder);
        _input = input;
        _ended = ended;
        _first = first;
        _terminal = terminal;
        input?.AddClient();
    }

    public async IAsyncEnumerable<OutputChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (OutputChunk chunk in _log.ReadAsync(_folder, _ended, cancellationToken))
        {
            yield return chunk;
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        => _input?.WriteAsync(data, cancellationToken) ?? ValueTask.CompletedTask;

    public void CloseInput()
    {
        if (Interlocked.Exchange(ref _inputIsClosed, 1) == 0)
        {
            _input?.RemoveClient();
        }
    }

    public void Resize(int rows, int columns)
    {
        int first = _first();
        if (_terminal && first != 0 && !_ended.IsCompleted)
        {
            Terminal.Resize(first, rows, columns);
        }
    }

    public void Dispose()
    {
        CloseInput();
        _log.Dispose();
    }
}
