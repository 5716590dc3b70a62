namespace LibNetwork.Linux.Nftables;

/// <summary>How urgent a logged packet is (syslog).</summary>
public enum NftLogLevel
{
    /// <summary>The system is unusable.</summary>
    Emergency = 0,

    /// <summary>Act at once.</summary>
    Alert = 1,

    /// <summary>Critical.</summary>
    Critical = 2,

    /// <summary>An error.</summary>
    Error = 3,

    /// <summary>A warning.</summary>
    Warning = 4,

    /// <summary>Normal but significant.</summary>
    Notice = 5,

    /// <summary>Information.</summary>
    Information = 6,

    /// <summary>For debugging.</summary>
    Debug = 7,
}
