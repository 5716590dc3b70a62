namespace LibNetwork.Linux.Rtnetlink;

/// <summary>How the ipvlan interfaces of one parent reach one another; the values are the kernel's.</summary>
[Flags]
public enum IpvlanFlags : ushort
{
    /// <summary>Directly.</summary>
    Bridge = 0,

    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>Through a switch outside that sends packets back.</summary>
    Vepa = 2,
}
