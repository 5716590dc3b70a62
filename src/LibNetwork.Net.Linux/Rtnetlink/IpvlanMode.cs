namespace LibNetwork.Linux.Rtnetlink;

/// <summary>At which layer an ipvlan parent switches packets; the values are the kernel's.</summary>
public enum IpvlanMode : ushort
{
    /// <summary>As a switch: broadcasts are delivered.</summary>
    L2 = 0,

    /// <summary>As a router: no broadcast, no multicast.</summary>
    L3 = 1,

    /// <summary>As a router whose packets pass the host's netfilter hooks.</summary>
    L3S = 2,
}
