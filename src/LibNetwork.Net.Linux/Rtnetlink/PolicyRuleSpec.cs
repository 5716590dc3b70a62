using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A routing rule: which packets look in which table.</summary>
public sealed record PolicyRuleSpec
{
    /// <summary>IPv4 or IPv6.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>The order of the rules: the lowest first.</summary>
    public required uint Priority { get; init; }

    /// <summary>The table to look in.</summary>
    public required uint Table { get; init; }

    /// <summary>Only packets with this mark.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count.</summary>
    public uint MarkMask { get; init; } = uint.MaxValue;

    /// <summary>Only packets from here.</summary>
    public IPNetwork? From { get; init; }

    /// <summary>Only packets to here.</summary>
    public IPNetwork? To { get; init; }

    /// <summary>Only packets that came in by this link.</summary>
    public string? InputInterface { get; init; }
}
