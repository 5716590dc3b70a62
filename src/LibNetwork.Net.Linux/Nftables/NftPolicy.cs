namespace LibNetwork.Linux.Nftables;

/// <summary>What a base chain does with a packet that reaches its end.</summary>
public enum NftPolicy
{
    /// <summary>Drops it.</summary>
    Drop = 0,

    /// <summary>Lets it pass.</summary>
    Accept = 1,
}
