using System.Collections.ObjectModel;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>A pool that is asked for.</summary>
public sealed record IpamPoolRequest
{
    /// <summary>The address space.</summary>
    public required string AddressSpace { get; init; }

    /// <summary>The family to pick from when <see cref="Pool"/> is not given.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    /// <summary>The pool; an unspecified address with a prefix length asks for any free pool of that size.</summary>
    public Subnet? Pool { get; init; }

    /// <summary>The part of the pool that addresses are handed out of.</summary>
    public Subnet? SubPool { get; init; }

    /// <summary>Ranges that a chosen pool must not overlap, such as the host's routes.</summary>
    public IReadOnlyList<Subnet> Exclude { get; init; } = [];

    /// <summary>Addresses of the pool that are never chosen; whoever asks for one of them gets it.</summary>
    public IReadOnlyList<AddressRange> Withheld { get; init; } = [];

    /// <summary>Who asks, for messages about who holds a pool: <c>network "front"</c>.</summary>
    public string? Holder { get; init; }

    /// <summary>Since when the asker has had the pool; by default from now on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
