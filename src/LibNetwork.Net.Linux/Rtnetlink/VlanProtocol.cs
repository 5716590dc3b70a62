namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Which tag marks the frames of a VLAN; the values are Ethernet types.</summary>
public enum VlanProtocol : ushort
{
    /// <summary>Not given.</summary>
    None = 0,

    /// <summary>The customer's tag.</summary>
    Ieee8021Q = 0x8100,

    /// <summary>The provider's tag around the customer's ("Q in Q").</summary>
    Ieee8021Ad = 0x88A8,
}
