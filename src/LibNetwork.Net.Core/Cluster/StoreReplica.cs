using LibNetwork.Internal;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>Follows all keys below a prefix: lists them, watches from there, and lists them anew when it has fallen too far behind.</summary>
internal sealed partial class StoreReplica : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILeasingStore _store;
    private readonly string _prefix;
    private readonly IReplicaView _view;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _following;
    private Exception? _failure;

    public StoreReplica(ILeasingStore store, string prefix, IReplicaView view, ILogger logger, TimeProvider time)
    {
        (_store, _prefix, _view, _logger, _time) = (store, prefix, view, logger, time);
        _following = FollowAsync(_stop.Token);
    }

    /// <summary>Waits until all has been read once.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: the store is not reached.</exception>
    public async ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(Patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new NetworkException(NetworkErrorKind.Unavailable, "cluster", $"what is below {_prefix} has not been read yet", Volatile.Read(ref _failure))
            {
                Remedy = "see whether the cluster's store is reached, and try again",
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _following.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // A commit of nothing says which revision it is now. That of the newest key may be one that the store does not remember.
                long now = await _store.TryCommitAsync(new StoreTransaction(), stop).ConfigureAwait(false) ?? 0;
                _view.Reset(await _store.ListAsync(_prefix, stop).ConfigureAwait(false), now);
                _ready.TrySetResult();
                backoff.Reset();
                await foreach (StoreChange change in _store.WatchAsync(_prefix, now, stop).ConfigureAwait(false))
                {
                    _view.Apply(change);
                }

                return;   // the store was disposed
            }
            catch (NetworkException failure)
            {
                Volatile.Write(ref _failure, failure);
                Log.ReadAnew(_logger, failure, _prefix);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception ended) when (ended is ObjectDisposedException || (ended is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ReplicaReadAnew, LogLevel.Warning, "What is below {Prefix} in the cluster's store is read anew.", EventName = nameof(ReadAnew))]
        public static partial void ReadAnew(ILogger logger, Exception failure, string prefix);
    }
}
