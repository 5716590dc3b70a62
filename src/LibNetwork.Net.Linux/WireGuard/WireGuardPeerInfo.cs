using System.Net;

namespace LibNetwork.Linux.WireGuard;

/// <summary>A peer of a WireGuard link as the kernel describes it.</summary>
public sealed record WireGuardPeerInfo
{
    /// <summary>The peer's public key.</summary>
    public required WireGuardKey PublicKey { get; init; }

    /// <summary>Where it was heard from last, or is said to be; <see langword="null"/> when nobody knows.</summary>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>The addresses behind it.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>When both sides last agreed on keys of a session; <see langword="null"/> when they never did.</summary>
    public DateTimeOffset? LastHandshake { get; init; }
}
