namespace LibNetwork.Linux.Nftables;

/// <summary>The packets that a table sees (<c>NFPROTO_*</c>).</summary>
public enum NftFamily : byte
{
    /// <summary>IPv4 and IPv6.</summary>
    Inet = 1,

    /// <summary>IPv4.</summary>
    IPv4 = 2,

    /// <summary>ARP.</summary>
    Arp = 3,

    /// <summary>Whatever enters a device.</summary>
    Netdev = 5,

    /// <summary>Frames that cross a bridge.</summary>
    Bridge = 7,

    /// <summary>IPv6.</summary>
    IPv6 = 10,
}
