using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Conntrack;

/// <summary>A flow as connection tracking knows it.</summary>
public sealed class ConntrackFlow
{
    internal ConntrackFlow(byte family, ConntrackTuple original, ConntrackTuple reply)
    {
        Family = family;
        Original = original;
        Reply = reply;
    }

    /// <summary>The direction of the first packet, before any translation.</summary>
    public ConntrackTuple Original { get; internal init; }

    /// <summary>What an answer looks like when it arrives, before it is translated back.</summary>
    public ConntrackTuple Reply { get; internal init; }

    /// <summary>What happened to the flow.</summary>
    public NftCtStatus Status { get; internal init; }

    /// <summary>Its mark.</summary>
    public uint Mark { get; internal init; }

    /// <summary>Its zone.</summary>
    public ushort Zone { get; internal init; }

    /// <summary>When it ends if nothing more is seen; seconds are the kernel's unit.</summary>
    public TimeSpan Timeout { get; internal init; }

    /// <summary>The kernel's number for it.</summary>
    public uint Id { get; internal init; }

    /// <summary>The number of its address family.</summary>
    internal byte Family { get; }

    /// <summary>The original direction's attributes as they came: what the kernel finds the flow by.</summary>
    internal byte[] OriginalAttributes { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Original} ({Reply}) mark 0x{Mark:x} zone {Zone}";
}
