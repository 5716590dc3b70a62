using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>What is made of the keys that a <see cref="StoreReplica"/> follows. Called by one at a time.</summary>
internal interface IReplicaView
{
    /// <summary>Takes all that there is, in place of what was.</summary>
    /// <param name="entries">All keys as of one moment, not before <paramref name="revision"/>.</param>
    /// <param name="revision">What comes behind it follows as changes; some of that may be in the entries already.</param>
    void Reset(IReadOnlyList<StoreEntry> entries, long revision);

    /// <summary>Takes a change; changes come in order.</summary>
    void Apply(StoreChange change);
}
