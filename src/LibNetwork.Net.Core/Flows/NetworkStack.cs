using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Sockets;

namespace LibNetwork.Flows;

/// <summary>A network stack on a packet's way, the host's or a sandbox's: its rules and routes.</summary>
internal sealed class NetworkStack : IDisposable
{
    private readonly Func<TransportProtocol, IReadOnlyList<BoundSocket>> _sockets;
    private readonly Dictionary<TransportProtocol, IReadOnlyList<BoundSocket>> _listed = [];
    private readonly IDisposable[] _owned;

    private NetworkStack(
        string name, NftRuleset rules, IRouting routing, Func<TransportProtocol, IReadOnlyList<BoundSocket>> sockets, params IDisposable[] owned)
    {
        Name = name;
        _sockets = sockets;
        Rules = rules;
        Routing = routing;
        _owned = owned;
    }

    /// <summary>For people: <c>host</c>, <c>sandbox "web"</c>.</summary>
    public string Name { get; }

    public NftRuleset Rules { get; }

    public IRouting Routing { get; }

    /// <summary>The host's.</summary>
    public static NetworkStack OfHost(KernelSession session)
        => new("host", session.Nftables.ReadAll(), new KernelRouting(session, session.HostNamespace, session.Route), protocol => session.ListSockets((byte)protocol));

    /// <summary>A sandbox's.</summary>
    /// <exception cref="KernelException">It is gone.</exception>
    public static NetworkStack OfSandbox(KernelSession session, string containerId, string namespacePath)
    {
        NetworkNamespace inside = session.OpenNamespace(namespacePath);
        try
        {
            RtNetlink route = session.OpenRoute(inside);
            try
            {
                using NftSocket nftables = session.OpenNftables(inside);
                return new NetworkStack(
                    $"sandbox \"{containerId}\"", nftables.ReadAll(), new KernelRouting(session, inside, route),
                    protocol => session.ListSockets(inside, (byte)protocol), route, inside);
            }
            catch
            {
                route.Dispose();
                throw;
            }
        }
        catch
        {
            inside.Dispose();
            throw;
        }
    }

    /// <summary>Whether a socket is known to wait for a packet. One of IPv6 that waits on all addresses may wait for IPv4 too.</summary>
    public bool Awaits(Packet packet)
    {
        if (!_listed.TryGetValue(packet.Protocol, out IReadOnlyList<BoundSocket>? sockets))
        {
            sockets = _sockets(packet.Protocol);
            _listed.Add(packet.Protocol, sockets);
        }

        return sockets.Any(socket => socket.Address.Port == packet.DestinationPort && IsFor(FlowCheck.Plain(socket.Address.Address), packet));
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }
    }

    private static bool IsFor(IPAddress bound, Packet packet)
        => bound.Equals(packet.Destination) || bound.Equals(IPAddress.IPv6Any) || (packet.IsIPv4 && bound.Equals(IPAddress.Any));
}
