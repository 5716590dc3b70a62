namespace LibNetwork.Linux.Nftables;

/// <summary>What happened to a flow (<c>IPS_*</c>).</summary>
[Flags]
public enum NftCtStatus : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Another flow announced it.</summary>
    Expected = 1,

    /// <summary>There was an answer.</summary>
    SeenReply = 2,

    /// <summary>It is not dropped early.</summary>
    Assured = 4,

    /// <summary>Its first packet has left.</summary>
    Confirmed = 8,

    /// <summary>Its source was translated.</summary>
    SourceNat = 16,

    /// <summary>Its destination was translated.</summary>
    DestinationNat = 32,
}
