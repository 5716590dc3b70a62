using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Sockets;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <content>Trying the ways to other nodes.</content>
internal sealed partial class OverlayDriver : IOverlayDiagnosis
{
    public async Task<IReadOnlyList<OverlayPath>> ProbePathsAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        OverlayNetwork network = FindNetwork(networkId);
        List<PathTarget> targets;
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            targets = network.IsBuilt ? TargetsOf(network) : [];
        }
        finally
        {
            network.Turn.Release();
        }

        return targets.Count == 0 ? [] : await ProbeAsync(network, targets, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One endpoint on each node that some endpoint here can send to.</summary>
    private List<PathTarget> TargetsOf(OverlayNetwork network)
    {
        Dictionary<IPAddress, PathTarget> targets = [];
        OverlayEndpoint[] here = [.. EndpointsOf(network).Where(static endpoint => endpoint.Port is not null)];
        foreach (OverlayPeer peer in network.Peers.All.Where(peer => !targets.ContainsKey(peer.NodeAddress)))
        {
            foreach (IPAddress destination in PeerTable.AddressesOf(peer))
            {
                (OverlayEndpoint Endpoint, InterfaceAddress Own)? sender = here
                    .SelectMany(static endpoint => endpoint.Addresses, static (endpoint, own) => ((OverlayEndpoint Endpoint, InterfaceAddress Own)?)(endpoint, own))
                    .FirstOrDefault(pair => pair!.Value.Own.Address.AddressFamily == destination.AddressFamily);   // pairs are values made above
                if (sender is { } found)
                {
                    int tunnel = network.TunnelIndexes[network.TunnelOf(peer.IPv4, peer.IPv6)];
                    targets.TryAdd(peer.NodeAddress, new PathTarget(peer, destination, found.Endpoint.MacAddress, found.Own.Address, tunnel));
                }
            }
        }

        return [.. targets.Values];
    }

    private async Task<List<OverlayPath>> ProbeAsync(OverlayNetwork network, List<PathTarget> targets, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<PathTarget, OverlayPathState> states;
        try
        {
            using PacketSocket socket = await AskKernelAsync(
                network.Subject, static (session, _) => PacketSocket.Open(session.HostNamespace, ProbeFrame.AnswerFilter), 0, cancellationToken).ConfigureAwait(false);
            states = await new PathProbe(socket, _time).RunAsync(targets, cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.ENODEV or LinuxErrno.ENETDOWN)
        {
            states = targets.ToDictionary(static target => target, static _ => OverlayPathState.NoAnswer);   // the tunnel went meanwhile
        }

        List<OverlayPath> paths = [];
        foreach ((PathTarget target, OverlayPathState state) in states)
        {
            paths.Add(new OverlayPath
            {
                NodeAddress = target.Peer.NodeAddress, Peer = target.Peer, State = state,
                Remedy = await RemedyAsync(network, target, state, cancellationToken).ConfigureAwait(false),
            });
        }

        return paths;
    }

    private async ValueTask<string?> RemedyAsync(OverlayNetwork network, PathTarget target, OverlayPathState state, CancellationToken cancellationToken) => state switch
    {
        OverlayPathState.ChecksumsBroken => "let the kernel compute checksums on the interface that leads there: ethtool -K "
            + $"{await AskKernelAsync(network.Subject, InterfaceTo, target.Peer.NodeAddress, cancellationToken).ConfigureAwait(false)} tx-checksum-ip-generic off",
        OverlayPathState.NoAnswer => $"look whether node {target.Peer.NodeAddress} is up, lets UDP port {_options.Port} in and has been told of this one's endpoints",
        _ => null,
    };

    private static string InterfaceTo(KernelSession session, IPAddress node)
        => session.Route.FindRoute(node)?.OutputInterface is { } index && session.Route.FindLink(index) is { } link ? link.Name : "INTERFACE";
}
