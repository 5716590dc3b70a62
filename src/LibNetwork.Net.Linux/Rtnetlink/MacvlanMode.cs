namespace LibNetwork.Linux.Rtnetlink;

/// <summary>How the macvlan interfaces of one parent reach one another; the values are the kernel's.</summary>
public enum MacvlanMode : uint
{
    /// <summary>Not given.</summary>
    None = 0,

    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>Through a switch outside that sends frames back.</summary>
    Vepa = 2,

    /// <summary>Directly.</summary>
    Bridge = 4,

    /// <summary>There is only one, and it has the parent to itself.</summary>
    Passthru = 8,
}
