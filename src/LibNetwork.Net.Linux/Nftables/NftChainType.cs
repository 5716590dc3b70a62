namespace LibNetwork.Linux.Nftables;

/// <summary>What a base chain is for.</summary>
public enum NftChainType
{
    /// <summary>Filters packets.</summary>
    Filter,

    /// <summary>Sees the first packet of each flow and may translate its addresses.</summary>
    Nat,

    /// <summary>Routes a local packet anew when its mark or addresses change.</summary>
    Route,
}
