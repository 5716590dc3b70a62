namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What a <see cref="RouteMonitor"/> follows.</summary>
[Flags]
public enum RouteEventGroups
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Links.</summary>
    Links = 1,

    /// <summary>Neighbours and forwarding entries.</summary>
    Neighbours = 2,

    /// <summary>Addresses of links.</summary>
    Addresses = 4,

    /// <summary>Routes of all tables.</summary>
    Routes = 8,

    /// <summary>All of them.</summary>
    All = Links | Neighbours | Addresses | Routes,
}
