using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LibNetwork.Stores;

/// <summary>Hands a store's changes to its watchers, and keeps the last ones for who begins a little late. For whoever writes a store. Thread safe.</summary>
public sealed class StoreChangeFeed
{
    private const int MaxHistory = 4096;
    private const int MaxBehind = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<StoreChange> _history = new();
    private readonly List<(string Prefix, long Revision, Channel<StoreChange> Channel)> _watchers = [];
    private long _forgotten;   // the last revision of which a change is not remembered

    /// <summary>Makes a feed.</summary>
    /// <param name="revision">The store's revision now; what came before it cannot be watched.</param>
    public StoreChangeFeed(long revision = 0) => _forgotten = revision;

    /// <summary>Tells a change; changes are told in the order of their revisions.</summary>
    public void Publish(StoreChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            _history.Enqueue(change);
            if (_history.Count > MaxHistory)
            {
                _forgotten = _history.Dequeue().Revision;
            }

            foreach ((string prefix, long revision, Channel<StoreChange> channel) in _watchers)
            {
                // Who lists and then watches may have read this change already: a store shows it before it tells it.
                if (change.Revision > revision && change.Key.StartsWith(prefix, StringComparison.Ordinal) && !channel.Writer.TryWrite(change))
                {
                    channel.Writer.TryComplete(TooFarBehind());
                }
            }
        }
    }

    /// <summary>Streams changes as <see cref="INetworkStore.WatchAsync"/> promises.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: the reader is too far behind.</exception>
    public async IAsyncEnumerable<StoreChange> WatchAsync(
        string prefix, long revision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<StoreChange> channel = Channel.CreateBounded<StoreChange>(
            new BoundedChannelOptions(MaxBehind) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        Begin(prefix, revision, channel);
        try
        {
            await foreach (StoreChange change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.RemoveAll(watcher => watcher.Channel == channel);
            }
        }
    }

    /// <summary>Ends all watches.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            foreach ((_, _, Channel<StoreChange> channel) in _watchers)
            {
                channel.Writer.TryComplete();
            }
        }
    }

    private static NetworkException TooFarBehind()
        => new(NetworkErrorKind.Unavailable, "store", "the watcher is too far behind") { Remedy = "list the keys again and watch from there" };

    private void Begin(string prefix, long revision, Channel<StoreChange> channel)
    {
        lock (_gate)
        {
            if (revision < _forgotten)
            {
                throw TooFarBehind();
            }

            foreach (StoreChange change in _history)
            {
                if (change.Revision > revision && change.Key.StartsWith(prefix, StringComparison.Ordinal) && !channel.Writer.TryWrite(change))
                {
                    throw TooFarBehind();
                }
            }

            _watchers.Add((prefix, revision, channel));
        }
    }
}
