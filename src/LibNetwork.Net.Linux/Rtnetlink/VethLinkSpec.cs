using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A pair of interfaces joined by a virtual cable. The peer is born in its own namespace: moving it there later takes 16 ms.</summary>
/// <remarks>The peer starts down, always: the kernel refuses one that is up before the pair is joined (<c>ENOTCONN</c>).</remarks>
public sealed record VethLinkSpec : LinkSpec
{
    /// <summary>The peer's name, unique in the peer's namespace: 1 to 15 bytes.</summary>
    public required string PeerName { get; init; }

    /// <summary>The index to give the peer.</summary>
    /// <value>The default, <see langword="null"/>, lets the kernel choose; in a fresh namespace that holds only <c>lo</c> it takes 2.</value>
    public int? PeerIndex { get; init; }

    /// <summary>The peer's hardware address.</summary>
    /// <value>The default, <see langword="null"/>, lets the kernel make one up.</value>
    public PhysicalAddress? PeerAddress { get; init; }

    /// <summary>The descriptor of the namespace that the peer is born in.</summary>
    /// <value>The default, <see langword="null"/>, is the namespace that the request is made in.</value>
    public int? PeerNamespaceDescriptor { get; init; }

    /// <summary>How many queues each end has in each direction.</summary>
    /// <value>
    /// The default is 1, all that the kernel uses of a new pair. <see langword="null"/> is the kernel's: one for each processor, of which
    /// it turns all but the first off again, and waits for two grace periods.
    /// </value>
    public uint? Queues { get; init; } = 1;

    /// <summary>The peer's largest packet, in bytes.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: 1500.</value>
    public uint? PeerMtu { get; init; }
}
