using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LibNetwork.ServiceDiscovery.Auditing;

/// <summary>Tells listeners of answers. Without one it costs nothing; one that is too slow loses the oldest. Thread safe.</summary>
internal sealed class AnswerFeed : IDisposable
{
    private const int Capacity = 4096;

    private readonly Lock _gate = new();
    private Channel<DnsAnswer>[] _listeners = [];
    private bool _isClosed;

    public bool IsWatched => Volatile.Read(ref _listeners).Length > 0;

    public void Publish(DnsAnswer answer)
    {
        foreach (Channel<DnsAnswer> listener in Volatile.Read(ref _listeners))
        {
            listener.Writer.TryWrite(answer);
        }
    }

    /// <summary>Listens from now on, until the token is cancelled or the feed is closed.</summary>
    public IAsyncEnumerable<DnsAnswer> Watch(CancellationToken cancellationToken)
    {
        Channel<DnsAnswer> listener = Channel.CreateBounded<DnsAnswer>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _listeners = [.. _listeners, listener];
        }

        return ReadAsync(listener, cancellationToken);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (Channel<DnsAnswer> listener in _listeners)
            {
                listener.Writer.TryComplete();
            }

            _listeners = [];
        }
    }

    private async IAsyncEnumerable<DnsAnswer> ReadAsync(Channel<DnsAnswer> listener, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (DnsAnswer answer in listener.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return answer;
            }
        }
        finally
        {
            lock (_gate)
            {
                _listeners = [.. _listeners.Where(other => other != listener)];
            }
        }
    }
}
