using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>The first packet of a flow at one place on its way. What is <see langword="null"/> is not there, or is not known where so said.</summary>
internal sealed record Packet
{
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

    public bool IsIPv4 => Destination.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The same packet in another network stack: marks and tracking stay behind.</summary>
    public Packet InOtherStack() => new()
    {
        Source = Source, Destination = Destination, Protocol = Protocol, SourcePort = SourcePort, DestinationPort = DestinationPort,
        HasFrame = HasFrame, HardwareSource = HardwareSource, HardwareDestination = HardwareDestination,
    };

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
