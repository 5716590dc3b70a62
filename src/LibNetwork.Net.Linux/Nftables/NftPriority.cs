namespace LibNetwork.Linux.Nftables;

/// <summary>Priorities of base chains that <c>nft</c> knows by name, for the IP families.</summary>
public static class NftPriority
{
    /// <summary>Before connection tracking.</summary>
    public const int Raw = -300;

    /// <summary>Where marks are set.</summary>
    public const int Mangle = -150;

    /// <summary>Where destinations are translated.</summary>
    public const int DestinationNat = -100;

    /// <summary>Where packets are filtered.</summary>
    public const int Filter = 0;

    /// <summary>Behind the filters.</summary>
    public const int Security = 50;

    /// <summary>Where sources are translated.</summary>
    public const int SourceNat = 100;

    /// <summary>Where packets are filtered on a bridge.</summary>
    public const int BridgeFilter = -200;

    /// <summary>Where destinations are translated on a bridge.</summary>
    public const int BridgeDestinationNat = -300;
}
