namespace MiniRuntime.Engine.Processes;

/// <summary>The engine's end of a container's standard input, shared by all who are attached; closed when the last of them is done.</summary>
internal sealed class InputPipe
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileStream? _end;
    private int _clients;

    private InputPipe(string path, FileStream end)
    {
        _path = path;
        _end = end;
    }

    /// <summary>Opens the pipe, which is made if need be, before the process does.</summary>
    public static InputPipe Open(string path)
    {
        Posix.MakePipe(path);

        // For both directions, because opening for writing alone waits for a reader.
        return new InputPipe(path, Open(path, FileAccess.ReadWrite));
    }

    /// <summary>The process has its end now: from here on this one only writes, so that writing fails when the process has closed its own.</summary>
    public void Connect()
    {
        lock (_gate)
        {
            if (_end is { } both)
            {
                _end = Open(_path, FileAccess.Write);
                both.Dispose();
            }
        }

        _connected.TrySetResult();
    }

    public void AddClient()
    {
        lock (_gate)
        {
            _clients++;
        }
    }

    public void RemoveClient()
    {
        lock (_gate)
        {
            if (--_clients == 0)
            {
                Close();
            }
        }
    }

    /// <summary>Writes what a client typed; what nobody reads any more is dropped, as with a terminal that hung up.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _connected.Task.WaitAsync(cancellationToken);
        FileStream? end;
        lock (_gate)
        {
            end = _end;
        }

        try
        {
            if (end is not null)
            {
                await end.WriteAsync(data, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The reader is gone (EPIPE), or the container ended.
        }
    }

    /// <summary>Closes the engine's end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _end?.Dispose();
            _end = null;
        }

        _connected.TrySetResult();
    }

    private static FileStream Open(string path, FileAccess access) => new(path, FileMode.Open, access, FileShare.ReadWrite, bufferSize: 0);
}
