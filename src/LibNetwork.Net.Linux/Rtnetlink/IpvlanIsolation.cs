namespace LibNetwork.Linux.Rtnetlink;

/// <summary>How the ipvlan links of one parent see each other (<c>IPVLAN_F_*</c>).</summary>
public enum IpvlanIsolation
{
    /// <summary>Directly.</summary>
    Bridge = 0,

    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>Through the switch that the parent is connected to.</summary>
    Vepa = 2,
}
