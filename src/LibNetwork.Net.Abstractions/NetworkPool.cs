using System.Collections.ObjectModel;
using System.Net;

namespace LibNetwork;

/// <summary>An address pool that a network holds.</summary>
public sealed record NetworkPool
{
    /// <summary>The IPAM driver's name for the pool.</summary>
    public required string PoolId { get; init; }

    /// <summary>The addresses; an IPAM driver that manages none gives an empty range such as <c>0.0.0.0/0</c>.</summary>
    public required Subnet Subnet { get; init; }

    /// <summary>The part that addresses are handed out of, when it is not all.</summary>
    public Subnet? Range { get; init; }

    /// <summary>Parts that are never chosen.</summary>
    public IReadOnlyList<AddressRange> Withheld { get; init; } = [];

    /// <summary>The gateway's address, or <see langword="null"/> when the network has none.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Reserved addresses by name.</summary>
    public IReadOnlyDictionary<string, IPAddress> Reserved { get; init; } = ReadOnlyDictionary<string, IPAddress>.Empty;
}
