using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>The first packet of a flow at one place on its way. What is <see langword="null"/> is not there, or is not known where so said.</summary>
internal sealed record Packet
{
    private const ushort SomePort = 50_000;   // of the range that clients take theirs from

    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    public required TransportProtocol Protocol { get; init; }

    /// <summary>Not known while the client may pick any.</summary>
    public ushort? SourcePort { get; init; }

    public required ushort DestinationPort { get; init; }

    public LinkInfo? Input { get; init; }

    public LinkInfo? Output { get; init; }

    /// <summary>The bridge whose ports are <see cref="Input"/> and <see cref="Output"/>, while it crosses one.</summary>
    public LinkInfo? Bridge { get; init; }

    /// <summary>Whether it came over a link and so has the header of a frame.</summary>
    public bool HasFrame { get; init; }

    /// <summary>Of the frame; not known if <see langword="null"/>.</summary>
    public PhysicalAddress? HardwareSource { get; init; }

    /// <summary>Of the frame; not known if <see langword="null"/>.</summary>
    public PhysicalAddress? HardwareDestination { get; init; }

    /// <summary>Not known if <see langword="null"/>.</summary>
    public uint? Mark { get; init; } = 0;

    /// <summary>The mark of the flow; not known if <see langword="null"/>.</summary>
    public uint? FlowMark { get; init; } = 0;

    /// <summary>Whether connection tracking has seen it.</summary>
    public bool IsTracked { get; init; }

    /// <summary>Whether a rule took it from connection tracking.</summary>
    public bool IsUntracked { get; init; }

    public NftCtStatus Status { get; init; }

    /// <summary>Whether the flow's destination can be translated no more.</summary>
    public bool IsDestinationSettled { get; init; }

    /// <summary>Whether the flow's source can be translated no more.</summary>
    public bool IsSourceSettled { get; init; }

    /// <summary>As it was sent, before all translation.</summary>
    public (IPAddress Source, IPAddress Destination, ushort? SourcePort, ushort DestinationPort)? Original { get; init; }

    /// <summary>Whether it answers the flow's first packet.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>For an answer, the first packet as connection tracking of this stack saw it last; <see langword="null"/> when it saw none.</summary>
    public Packet? First { get; init; }

    public bool IsIPv4 => Destination.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The same packet in another network stack: marks and tracking stay behind.</summary>
    public Packet InOtherStack() => new()
    {
        Source = Source, Destination = Destination, Protocol = Protocol, SourcePort = SourcePort, DestinationPort = DestinationPort,
        HasFrame = HasFrame, HardwareSource = HardwareSource, HardwareDestination = HardwareDestination, IsAnswer = IsAnswer,
    };

    /// <summary>What is sent back to it.</summary>
    public Packet Answer() => new()
    {
        Source = Destination, Destination = Source, Protocol = Protocol, SourcePort = DestinationPort, DestinationPort = SourcePort ?? SomePort, IsAnswer = true,
    };

    /// <summary>An answer with its destination as the flow's sender knows it, where the flow's source was translated.</summary>
    public Packet WithDestinationBack() => First is { Original: { } original } first && first.Status.HasFlag(NftCtStatus.SourceNat)
        ? this with { Destination = original.Source, DestinationPort = original.SourcePort ?? DestinationPort }
        : this;

    /// <summary>An answer with its source as the flow's sender knows it, where the flow's destination was translated.</summary>
    public Packet WithSourceBack() => First is { Original: { } original } first && first.Status.HasFlag(NftCtStatus.DestinationNat)
        ? this with { Source = original.Destination, SourcePort = original.DestinationPort }
        : this;

    public Packet WithSource(IPAddress address, ushort? port) => this with
    {
        Original = Original ?? Tuple, Source = address, SourcePort = port, Status = Status | NftCtStatus.SourceNat, IsSourceSettled = true,
    };

    public Packet WithDestination(IPAddress address, ushort port) => this with
    {
        Original = Original ?? Tuple, Destination = address, DestinationPort = port, Status = Status | NftCtStatus.DestinationNat, IsDestinationSettled = true,
    };

    public (IPAddress Source, IPAddress Destination, ushort? SourcePort, ushort DestinationPort) Tuple => (Source, Destination, SourcePort, DestinationPort);
}
