using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A rule that sends some packets to a routing table of their own.</summary>
public sealed record PolicyRuleSpec
{
    /// <summary>IPv4 or IPv6.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>The routing table that the rule sends packets to.</summary>
    public required uint Table { get; init; }

    /// <summary>The rule's place; lower ones are asked first.</summary>
    /// <value>The default, <see langword="null"/>, puts it before all others but the first; when removing it matches any.</value>
    public uint? Priority { get; init; }

    /// <summary>The packet mark that the rule looks for.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count.</summary>
    /// <value>The default, <see langword="null"/>, is all of them.</value>
    public uint? Mask { get; init; }

    /// <summary>The source addresses that the rule is for.</summary>
    public IPNetwork? From { get; init; }

    /// <summary>The destination addresses that the rule is for.</summary>
    public IPNetwork? To { get; init; }

    /// <summary>The name of the interface that packets come in by.</summary>
    public string? InputInterface { get; init; }

    /// <summary>The rule in short, as error messages name it.</summary>
    public override string ToString() => $"priority {Priority?.ToString() ?? "any"} table {Table}";
}
