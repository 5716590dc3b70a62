namespace LibNetwork.Linux.Nftables;

/// <summary>One of a flow's two directions.</summary>
public enum NftCtDirection
{
    /// <summary>That of its first packet.</summary>
    Original = 0,

    /// <summary>The way back.</summary>
    Reply = 1,
}
