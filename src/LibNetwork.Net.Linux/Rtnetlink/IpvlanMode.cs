namespace LibNetwork.Linux.Rtnetlink;

/// <summary>At which layer the ipvlan links of one parent are told apart (<c>IPVLAN_MODE_*</c>).</summary>
public enum IpvlanMode
{
    /// <summary>Like switch ports.</summary>
    L2 = 0,

    /// <summary>Like routed hosts.</summary>
    L3 = 1,

    /// <summary>Like routed hosts, with the host's connection tracking.</summary>
    L3S = 2,
}
