namespace LibNetwork.Stores;

/// <summary>A lease of a store in memory.</summary>
internal sealed class InMemoryLease(TimeSpan duration, Action<InMemoryLease> end) : IStoreLease
{
    private readonly CancellationTokenSource _ended = new();

    public TimeSpan Duration { get; } = duration;

    public CancellationToken Ended => _ended.Token;

    public async ValueTask DisposeAsync()
    {
        if (!_ended.IsCancellationRequested)
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            end(this);
        }
    }
}
