namespace LibNetwork.Stores;

/// <summary>Changes that happen together, if every check holds.</summary>
public sealed record StoreTransaction
{
    /// <summary>What must be so: a key's revision, 0 for a key that must not exist.</summary>
    public IReadOnlyList<(string Key, long Revision)> Checks { get; init; } = [];

    /// <summary>Keys to write.</summary>
    public IReadOnlyList<(string Key, ReadOnlyMemory<byte> Value)> Puts { get; init; } = [];

    /// <summary>Keys to delete; one that does not exist is not an error.</summary>
    public IReadOnlyList<string> Deletes { get; init; } = [];

    /// <summary>What it must outlive once it is done; an engine may do more.</summary>
    /// <value>The default is <see cref="StoreDurability.Disk"/>.</value>
    public StoreDurability Durability { get; init; }

    /// <summary>What <see cref="Puts"/> are bound to: they are deleted when it ends. It is of the same store, an <see cref="ILeasingStore"/>.</summary>
    /// <value><see langword="null"/>, the default: they stay until somebody deletes them.</value>
    public IStoreLease? Lease { get; init; }
}
