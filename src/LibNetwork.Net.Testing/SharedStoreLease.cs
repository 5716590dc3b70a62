using LibNetwork.Stores;

namespace LibNetwork.Testing;

/// <summary>A lease of a <see cref="SharedStore"/>: renewed all the time until its owner's connection is cut.</summary>
internal sealed class SharedStoreLease(SharedStore store, TimeSpan duration) : IStoreLease
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private ITimer? _end;
    private ITimer? _expiry;

    public TimeSpan Duration { get; } = duration;

    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether the store has ended it; the store's own lock guards it.</summary>
    public bool IsGone { get; set; }

    public void RunOut()
    {
        lock (_gate)
        {
            _end ??= store.Time.CreateTimer(_ => _ended.Cancel(), state: null, Duration, Timeout.InfiniteTimeSpan);
            _expiry ??= store.Time.CreateTimer(_ => store.End(this), state: null, Duration + SharedStore.Grace, Timeout.InfiniteTimeSpan);
        }
    }

    /// <returns><see langword="false"/> when it is over.</returns>
    public bool TryRenew()
    {
        lock (_gate)
        {
            if (_ended.IsCancellationRequested)
            {
                return false;
            }

            _end?.Dispose();
            _expiry?.Dispose();
            (_end, _expiry) = (null, null);
            return true;
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!_ended.IsCancellationRequested)
        {
            _ended.Cancel();
            lock (_gate)
            {
                if (_expiry is null)
                {
                    store.End(this);
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
