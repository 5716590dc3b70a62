namespace LibNetwork.Linux.Rtnetlink;

/// <summary>How far a route's destination is (<c>RT_SCOPE_*</c>).</summary>
public enum RouteScope : byte
{
    /// <summary>Anywhere, behind a router.</summary>
    Universe = 0,

    /// <summary>On the link.</summary>
    Link = 253,

    /// <summary>On this host.</summary>
    Host = 254,
}
