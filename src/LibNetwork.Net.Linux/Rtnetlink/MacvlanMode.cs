namespace LibNetwork.Linux.Rtnetlink;

/// <summary>How the macvlan links of one parent see each other (<c>MACVLAN_MODE_*</c>).</summary>
public enum MacvlanMode
{
    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>Through the switch that the parent is connected to.</summary>
    Vepa = 2,

    /// <summary>Directly.</summary>
    Bridge = 4,

    /// <summary>There is one link, which takes the parent over.</summary>
    Passthru = 8,
}
