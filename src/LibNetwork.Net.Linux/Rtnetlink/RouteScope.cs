namespace LibNetwork.Linux.Rtnetlink;

/// <summary>How far away a route's destination is; the values are the kernel's.</summary>
public enum RouteScope : byte
{
    /// <summary>Anywhere, usually behind a gateway.</summary>
    Universe = 0,

    /// <summary>On the link itself.</summary>
    Link = 253,

    /// <summary>On this host.</summary>
    Host = 254,
}
