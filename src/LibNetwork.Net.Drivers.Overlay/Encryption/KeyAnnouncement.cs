using System.Runtime.CompilerServices;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>This node's keys, and whoever waits for the next change.</summary>
internal sealed class KeyAnnouncement
{
    private State _current = new([]);

    public IReadOnlyList<OverlayNodeKey> Keys => Volatile.Read(ref _current).Keys;

    /// <summary>Announces other keys; the same again are no change.</summary>
    public void Publish(IReadOnlyList<OverlayNodeKey> keys)
    {
        if (!Keys.SequenceEqual(keys))
        {
            State next = new(keys);
            Interlocked.Exchange(ref _current, next).Next.TrySetResult(next);
        }
    }

    /// <summary>Ends all streams.</summary>
    public void Complete() => Volatile.Read(ref _current).Next.TrySetResult(null);

    public async IAsyncEnumerable<IReadOnlyList<OverlayNodeKey>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (State? state = Volatile.Read(ref _current); state is not null; state = await state.Next.Task.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return state.Keys;
        }
    }

    private sealed class State(IReadOnlyList<OverlayNodeKey> keys)
    {
        public IReadOnlyList<OverlayNodeKey> Keys { get; } = keys;

        public TaskCompletionSource<State?> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
