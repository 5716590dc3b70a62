using System.Collections.ObjectModel;
using System.Net;

namespace LibNetwork.Ipam;

/// <summary>An address that is asked for.</summary>
public sealed record IpamAddressRequest
{
    /// <summary>The pool.</summary>
    public required string PoolId { get; init; }

    /// <summary>The address; by default any that is free.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>
    /// Who asks, for messages about who holds an address: <c>endpoint "web" on network "front"</c>. A holder who comes back and names no
    /// address gets the one it had last, if that is free.
    /// </summary>
    public string? Holder { get; init; }

    /// <summary>Since when the asker has had <see cref="Address"/>; by default from now on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The driver's options, by label.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
