using System.Collections.Concurrent;

namespace LibNetwork.Stores.Etcd;

/// <summary>The marks of this process's commits, which vanish some time after it.</summary>
internal sealed class CommitSession(EtcdLease lease, KeySpace keys)
{
    /// <summary>How long marks stay without their process. No commit's outcome is uncertain for so long.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    private readonly Guid _id = Guid.NewGuid();
    private readonly ConcurrentBag<CommitMark> _idle = [];
    private int _count;

    public EtcdLease Lease { get; } = lease;

    /// <summary>A mark for one commit; <see cref="Return"/> it when its outcome is known.</summary>
    public CommitMark Rent() => _idle.TryTake(out CommitMark? mark) ? mark : new CommitMark(keys.MarkKey(_id, Interlocked.Increment(ref _count)));

    public void Return(CommitMark mark) => _idle.Add(mark);
}
