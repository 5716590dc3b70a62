namespace LibNetwork.Linux.Nftables;

/// <summary>How a register is compared (<c>NFT_CMP_*</c>).</summary>
public enum NftComparison
{
    /// <summary>Equal.</summary>
    Equal = 0,

    /// <summary>Not equal.</summary>
    NotEqual = 1,

    /// <summary>Less, in network order.</summary>
    Less = 2,

    /// <summary>Less or equal, in network order.</summary>
    LessOrEqual = 3,

    /// <summary>Greater, in network order.</summary>
    Greater = 4,

    /// <summary>Greater or equal, in network order.</summary>
    GreaterOrEqual = 5,
}
