using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>Puts the keys of other nodes into this node's WireGuard interfaces, and says by which of these each is reached.</summary>
internal static class CipherProgramming
{
    private const int ChangesPerSend = 1000;

    private static readonly TimeSpan Knock = TimeSpan.FromSeconds(1), Quiet = TimeSpan.Zero;

    /// <summary>Adds keys to an interface.</summary>
    /// <param name="session">The kernel.</param>
    /// <param name="link">The interface.</param>
    /// <param name="keys">The keys and whose they are.</param>
    /// <param name="knocks">Whether it tries to agree on a session with them at once; otherwise the first packet does.</param>
    public static void Add(KernelSession session, CipherLink link, IEnumerable<(IPAddress Node, NodeKey Key)> keys, bool knocks)
        => session.WireGuard.SetPeers(link.Index, [.. keys.Select(peer => new WireGuardPeerSpec
        {
            PublicKey = peer.Key.PublicKey,
            EndPoint = new IPEndPoint(peer.Node, peer.Key.Port),
            AllowedNetworks = [peer.Key.Network],
            Keepalive = knocks ? Knock : null,
        })]);

    /// <summary>Removes keys from an interface; those that are not there are not an error.</summary>
    public static void Remove(KernelSession session, CipherLink link, IEnumerable<NodeKey> keys)
    {
        session.WireGuard.RemovePeers(link.Index, [.. keys.Select(static key => key.PublicKey)]);
        link.Met.ExceptWith(keys.Select(static key => key.PublicKey));
    }

    /// <summary>Tries at once to agree on a session with keys that are there.</summary>
    public static void KnockAt(KernelSession session, CipherLink link, IEnumerable<NodeKey> keys) => SetKeepalive(session, link, keys, Knock);

    /// <summary>Reads with which keys an interface has agreed on a session by now; with these it need not try any more.</summary>
    public static void Meet(KernelSession session, CipherLink link, IReadOnlySet<WireGuardKey> knockedAt, IEnumerable<NodeKey> keys)
    {
        HashSet<WireGuardKey> met = [.. (session.WireGuard.Read(link.Index)?.Peers ?? []).Where(static peer => peer.LastHandshake is not null).Select(static peer => peer.PublicKey)];
        SetKeepalive(session, link, keys.Where(key => knockedAt.Contains(key.PublicKey) && met.Contains(key.PublicKey)), Quiet);
        link.Met.UnionWith(met);
    }

    /// <summary>Says by which interface keys are reached.</summary>
    public static void Lead(KernelSession session, IEnumerable<(NodeKey Key, CipherLink Link)> ways)
    {
        foreach ((NodeKey Key, CipherLink Link)[] some in ways.Chunk(ChangesPerSend))
        {
            foreach ((NodeKey key, CipherLink link) in some)
            {
                session.Route.Batch.ReplaceRoute(new RouteSpec { Destination = key.Network, OutputInterface = link.Index, Source = link.Key.Address });
            }

            session.Route.Execute();
        }
    }

    /// <summary>Forgets by which interface keys are reached.</summary>
    public static void Forget(KernelSession session, IEnumerable<NodeKey> keys)
    {
        foreach (NodeKey[] some in keys.Chunk(ChangesPerSend))
        {
            foreach (NodeKey key in some)
            {
                session.Route.Batch.RemoveRoute(new RouteSpec { Destination = key.Network });
            }

            session.Route.Execute();
        }
    }

    private static void SetKeepalive(KernelSession session, CipherLink link, IEnumerable<NodeKey> keys, TimeSpan keepalive)
        => session.WireGuard.SetPeers(link.Index, [.. keys.Select(key => new WireGuardPeerSpec { PublicKey = key.PublicKey, Keepalive = keepalive })]);
}
