using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A routing rule as the kernel describes it.</summary>
public sealed record PolicyRuleInfo
{
    /// <summary>IPv4 or IPv6.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>The rule's place; lower ones are asked first.</summary>
    public uint Priority { get; init; }

    /// <summary>The routing table that the rule sends packets to; 0 when its action is another.</summary>
    public uint Table { get; init; }

    /// <summary>The packet mark that the rule looks for.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count.</summary>
    public uint? Mask { get; init; }

    /// <summary>The source addresses that the rule is for.</summary>
    public IPNetwork? From { get; init; }

    /// <summary>The destination addresses that the rule is for.</summary>
    public IPNetwork? To { get; init; }

    /// <summary>The name of the interface that packets come in by.</summary>
    public string? InputInterface { get; init; }
}
