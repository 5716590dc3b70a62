namespace LibNetwork.Linux.Nftables;

/// <summary>A packet's place in its flow.</summary>
[Flags]
public enum NftCtState : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It belongs to no flow and cannot begin one.</summary>
    Invalid = 1,

    /// <summary>Its flow has been seen in both directions.</summary>
    Established = 2,

    /// <summary>It begins a flow that another one announced.</summary>
    Related = 4,

    /// <summary>It begins a flow.</summary>
    New = 8,

    /// <summary>It is not tracked.</summary>
    Untracked = 64,
}
