namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What a route does with its packets; the values are the kernel's.</summary>
public enum RouteType : byte
{
    /// <summary>Not given.</summary>
    None = 0,

    /// <summary>Sends them on.</summary>
    Unicast = 1,

    /// <summary>Delivers them here.</summary>
    Local = 2,

    /// <summary>Delivers them here and sends them to all on the link.</summary>
    Broadcast = 3,

    /// <summary>Delivers them here, one of many places.</summary>
    Anycast = 4,

    /// <summary>Sends them to a group.</summary>
    Multicast = 5,

    /// <summary>Drops them without a word.</summary>
    Blackhole = 6,

    /// <summary>Drops them and answers that the destination is unreachable.</summary>
    Unreachable = 7,

    /// <summary>Drops them and answers that communication is prohibited.</summary>
    Prohibit = 8,

    /// <summary>Looks on in the next table.</summary>
    Throw = 9,
}
