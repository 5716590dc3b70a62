using System.Collections.ObjectModel;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork;

/// <summary>An address pool as it is asked for.</summary>
public sealed record PoolSpec
{
    /// <summary>The pool; without one IPAM picks a free one of <see cref="Family"/>. <c>0.0.0.0/24</c> asks for any free pool of that size.</summary>
    public Subnet? Subnet { get; init; }

    /// <summary>Which family to pick from when <see cref="Subnet"/> is not given.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    /// <summary>The part of the pool that addresses are handed out of; by default all of it.</summary>
    public Subnet? Range { get; init; }

    /// <summary>Parts of the pool that are never chosen, such as what a DHCP server hands out; an endpoint that asks for an address there gets it.</summary>
    public IReadOnlyList<AddressRange> Withheld { get; init; } = [];

    /// <summary>The gateway's address; by default the first that is free.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Addresses that are never handed out, by a name of the caller's (Docker's aux addresses).</summary>
    public IReadOnlyDictionary<string, IPAddress> Reserved { get; init; } = ReadOnlyDictionary<string, IPAddress>.Empty;
}
