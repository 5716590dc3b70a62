namespace LibNetwork.Linux.Nftables;

/// <summary>The time that a rate counts in.</summary>
public enum NftLimitUnit
{
    /// <summary>A second.</summary>
    Second = 1,

    /// <summary>A minute.</summary>
    Minute = 60,

    /// <summary>An hour.</summary>
    Hour = 3600,

    /// <summary>A day.</summary>
    Day = 86400,

    /// <summary>A week.</summary>
    Week = 604800,
}
