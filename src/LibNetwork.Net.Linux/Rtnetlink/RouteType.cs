namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What a route does with packets (<c>RTN_*</c>).</summary>
public enum RouteType : byte
{
    /// <summary>Forwards them.</summary>
    Unicast = 1,

    /// <summary>Delivers them to this host.</summary>
    Local = 2,

    /// <summary>Delivers them to this host and all others on the link.</summary>
    Broadcast = 3,

    /// <summary>Delivers them to any one of several hosts.</summary>
    Anycast = 4,

    /// <summary>Delivers them to a group of hosts.</summary>
    Multicast = 5,

    /// <summary>Drops them silently.</summary>
    Blackhole = 6,

    /// <summary>Drops them and says that the destination is unreachable.</summary>
    Unreachable = 7,

    /// <summary>Drops them and says that it is prohibited.</summary>
    Prohibit = 8,
}
