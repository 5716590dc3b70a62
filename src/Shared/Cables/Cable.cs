using System.Net;

namespace LibNetwork.Drivers.Cables;

/// <summary>An endpoint's cable between a bridge of the host and a sandbox: what its end on the host is like.</summary>
internal sealed record Cable
{
    public required NetworkId NetworkId { get; init; }

    public required EndpointId EndpointId { get; init; }

    /// <summary>The endpoint, for messages.</summary>
    public required string Subject { get; init; }

    /// <summary>The end on the host.</summary>
    public required InterfaceName Port { get; init; }

    public required InterfaceName BridgeName { get; init; }

    public required int BridgeIndex { get; init; }

    /// <summary>Of both ends, in bytes; <see langword="null"/> is the kernel's.</summary>
    public uint? Mtu { get; init; }

    /// <summary>The note by which a later process knows whose it is.</summary>
    public required string Mark { get; init; }

    /// <summary>The hardware address of the end in the sandbox.</summary>
    public required MacAddress MacAddress { get; init; }

    /// <summary>Whether frames may leave by the port that they came in by.</summary>
    public bool Hairpin { get; init; }

    /// <summary>The addresses for which the host may still know another endpoint, and would send to it for minutes.</summary>
    public IEnumerable<IPAddress> KnownToHost { get; init; } = [];
}
