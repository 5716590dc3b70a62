namespace LibNetwork.Linux.Netlink;

/// <summary>Where a nested attribute began, so that its length can be patched when it ends.</summary>
public readonly struct NestedStart
{
    internal NestedStart(int offset) => Offset = offset;

    internal int Offset { get; }
}
