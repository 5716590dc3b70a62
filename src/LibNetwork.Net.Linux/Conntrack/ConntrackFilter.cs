using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Conntrack;

/// <summary>Which flows are meant: those that fit everything that is set. Nothing set means all.</summary>
public sealed record ConntrackFilter
{
    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>The sender of the first packet.</summary>
    public IPAddress? OriginalSource { get; init; }

    /// <summary>The receiver of the first packet, before translation: a published address.</summary>
    public IPAddress? OriginalDestination { get; init; }

    /// <summary>The sender of the answer, before translation: the endpoint behind a published address.</summary>
    public IPAddress? ReplySource { get; init; }

    /// <summary>The receiver of the answer, before translation: the address that a masqueraded endpoint shows.</summary>
    public IPAddress? ReplyDestination { get; init; }

    /// <summary>The protocol above IP: 6 for TCP, 17 for UDP.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The port that the first packet went to, before translation.</summary>
    public ushort? OriginalDestinationPort { get; init; }

    /// <summary>The port that the answer comes from, before translation.</summary>
    public ushort? ReplySourcePort { get; init; }

    /// <summary>The zone.</summary>
    public ushort? Zone { get; init; }

    /// <summary>The mark.</summary>
    public uint? Mark { get; init; }

    /// <summary>Which bits of the mark count.</summary>
    /// <value>The default is all.</value>
    public uint MarkMask { get; init; } = uint.MaxValue;

    /// <summary>Whether a flow is meant.</summary>
    public bool Matches(ConntrackFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return (Family is null || Family == flow.Original.Source.AddressFamily)
            && Fits(OriginalSource, flow.Original.Source)
            && Fits(OriginalDestination, flow.Original.Destination)
            && Fits(ReplySource, flow.Reply.Source)
            && Fits(ReplyDestination, flow.Reply.Destination)
            && (Protocol is null || Protocol == flow.Original.Protocol)
            && (OriginalDestinationPort is null || OriginalDestinationPort == flow.Original.DestinationPort)
            && (ReplySourcePort is null || ReplySourcePort == flow.Reply.SourcePort)
            && (Zone is null || Zone == flow.Zone)
            && (Mark is null || (Mark & MarkMask) == (flow.Mark & MarkMask));
    }

    /// <summary>What is set, in words.</summary>
    public override string ToString()
    {
        (string Name, object? Value)[] parts =
        [
            ("family", Family), ("from", OriginalSource), ("to", OriginalDestination), ("answered by", ReplySource), ("answered to", ReplyDestination),
            ("protocol", Protocol), ("to port", OriginalDestinationPort), ("answered from port", ReplySourcePort), ("zone", Zone), ("mark", Mark),
        ];
        string text = string.Join(", ", parts.Where(static part => part.Value is not null).Select(static part => $"{part.Name} {part.Value}"));
        return text.Length == 0 ? "all" : text;
    }

    private static bool Fits(IPAddress? wanted, IPAddress found) => wanted is null || wanted.Equals(found);
}
