using System.Threading.Channels;

namespace LibNetwork.Controller;

/// <summary>Hands the controller's events to whoever reads them. Thread safe.</summary>
internal sealed class EventStream : IAsyncEnumerable<ControllerEvent>
{
    private const int MaxBehind = 1024;

    private readonly Lock _gate = new();
    private readonly List<Channel<ControllerEvent>> _readers = [];
    private bool _isComplete;

    public void Publish(ControllerEvent happened)
    {
        lock (_gate)
        {
            foreach (Channel<ControllerEvent> reader in _readers)
            {
                if (!reader.Writer.TryWrite(happened))
                {
                    reader.Writer.TryComplete(new NetworkException(NetworkErrorKind.Unavailable, "events", "the reader is too far behind")
                    {
                        Remedy = "ask for the events again",
                    });
                }
            }
        }
    }

    /// <summary>Ends all readings, once what was published has been read.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            foreach (Channel<ControllerEvent> reader in _readers)
            {
                reader.Writer.TryComplete();
            }
        }
    }

    /// <summary>Begins to read: what is published from now on waits for the enumerator.</summary>
    public IAsyncEnumerator<ControllerEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Channel<ControllerEvent> channel = Channel.CreateBounded<ControllerEvent>(
            new BoundedChannelOptions(MaxBehind) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        lock (_gate)
        {
            if (_isComplete)
            {
                channel.Writer.TryComplete();
            }
            else
            {
                _readers.Add(channel);
            }
        }

        return new Reading(this, channel, cancellationToken);
    }

    private sealed class Reading(EventStream stream, Channel<ControllerEvent> channel, CancellationToken cancellationToken) : IAsyncEnumerator<ControllerEvent>
    {
        private ControllerEvent? _current;

        public ControllerEvent Current => _current ?? throw new InvalidOperationException("The reading has not begun, or is over.");

        public async ValueTask<bool> MoveNextAsync()
        {
            while (!channel.Reader.TryRead(out _current))
            {
                if (!await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
            }

            return true;
        }

        public ValueTask DisposeAsync()
        {
            lock (stream._gate)
            {
                stream._readers.Remove(channel);
            }

            return ValueTask.CompletedTask;
        }
    }
}
