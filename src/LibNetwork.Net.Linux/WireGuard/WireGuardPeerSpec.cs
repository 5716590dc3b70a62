using System.Net;

namespace LibNetwork.Linux.WireGuard;

/// <summary>Who may speak through a WireGuard link, and which addresses are behind it.</summary>
public sealed record WireGuardPeerSpec
{
    /// <summary>The peer's public key.</summary>
    public required WireGuardKey PublicKey { get; init; }

    /// <summary>Where the peer is reached.</summary>
    /// <value>The default, <see langword="null"/>, leaves it as it is: a peer that is heard from tells it by that.</value>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>What is sent to the peer, and all that it may send from. An address is behind one peer of a link only: the last one that was given it.</summary>
    /// <value>The default, <see langword="null"/>, leaves them as they are.</value>
    public IReadOnlyList<IPNetwork>? AllowedNetworks { get; init; }

    /// <summary>How long after the last packet something is sent all the same, in whole seconds up to 65535; zero for never.</summary>
    /// <value>The default, <see langword="null"/>, leaves it as it is, at first never. One that is set on a link that is up shakes hands at once.</value>
    public TimeSpan? Keepalive { get; init; }
}
