using System.Net;
using LibNetwork.Drivers.Overlay.Encryption;
using LibNetwork.Linux;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver : INetworkOptionsDriver
{
    public ValueTask<IReadOnlyDictionary<string, string>> CompleteOptionsAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<uint> chosen = OverlayNetworkPlan.ChooseVnis(request, TakenVnis().Keys);
        Dictionary<string, string> options = [];
        if (chosen.Count > 0)
        {
            options[OverlayLabels.VniList] = string.Join(',', chosen);
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, string>>(options);
    }

    public async ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (_networks.ContainsKey(request.Id))
        {
            return;
        }

        if (!_firewall.IsInForce)
        {
            throw new NetworkException(
                NetworkErrorKind.NotSupported, $"network \"{request.Name}\"", "an overlay network needs packet rules: without them everybody's packets enter its tunnels")
            {
                Remedy = "let the library put packet rules in place",
            };
        }

        if (!await TryEncryptAsync(request, cancellationToken).ConfigureAwait(false))
        {
            Add(request, TunnelEnds.InClear);
            return;
        }

        try
        {
            Add(request, new TunnelEnds(_encryption));
        }
        catch
        {
            await _encryption.ReleaseAsync(request.Id).ConfigureAwait(false);
            throw;
        }
    }

    private void Add(DriverNetworkRequest request, TunnelEnds ends)
    {
        lock (_gate)
        {
            OverlayNetwork network = OverlayNetworkPlan.Of(request, TakenVnis());
            if (_networks.Values.FirstOrDefault(other => other.BridgeName == network.BridgeName && other.Id != network.Id) is { } holder)
            {
                throw NetworkException.Conflict(network.Subject, $"bridge \"{network.BridgeName}\" is taken", holder.Subject);
            }

            if (GivenMtu(network) is { } given)
            {
                network.Mtu = UnderlayMtu.Within(network, given, Advertised);
            }

            network.Ends = ends;
            _networks.TryAdd(network.Id, network);
            Log.NetworkCreated(_logger, network.Id, VnisOf(network));
        }
    }

    public async ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        if (!_networks.TryGetValue(networkId, out OverlayNetwork? network))
        {
            return;
        }

        foreach (OverlayEndpoint endpoint in EndpointsOf(network))
        {
            await DeleteEndpointAsync(networkId, endpoint.Id, cancellationToken).ConfigureAwait(false);
        }

        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await TakeDownAsync(network).ConfigureAwait(false);
            network.IsDeleted = true;
        }
        finally
        {
            network.Turn.Release();
        }

        await _encryption.ReleaseAsync(networkId).ConfigureAwait(false);   // not in the network's turn: it comes before
        _networks.TryRemove(networkId, out _);

        Log.NetworkDeleted(_logger, networkId);
    }

    /// <summary>The VXLAN network identifiers that are in use, and whose they are. In the lock.</summary>
    private Dictionary<uint, OverlayNetwork> TakenVnis()
    {
        Dictionary<uint, OverlayNetwork> taken = [];
        foreach (OverlayNetwork network in _networks.Values)
        {
            foreach (OverlaySegment segment in network.Segments)
            {
                taken[segment.Vni] = network;
            }
        }

        return taken;
    }

    private int? GivenMtu(OverlayNetwork network) => network.Options.UnderlayMtu ?? _options.UnderlayMtu;

    private static uint[] VniArray(OverlayNetwork network) => [.. network.Segments.Select(static segment => segment.Vni)];

    /// <summary>Puts bridge, tunnels and peers into the kernel, if they are not. The caller has the network's turn.</summary>
    private async ValueTask BuildAsync(OverlayNetwork network, UndoStack undo, CancellationToken cancellationToken)
    {
        if (network.IsBuilt)
        {
            return;
        }

        undo.Push(() => TakeDownAsync(network));
        await _firewall.AddNetworkAsync(network.ToFirewall(), cancellationToken).ConfigureAwait(false);
        OverlayConstruction construction = new(network, _options);
        if (!await AskKernelAsync(network.Subject, static (session, state) => state.Self.TryBuild(session, state.network, state.construction), (Self: this, network, construction), cancellationToken)
            .ConfigureAwait(false))
        {
            // What the network had here before may still wait for the reaper, and hold name and number until then.
            await _kernel.RunAsync(OverlayConstruction.TakeDown, network, CancellationToken.None).ConfigureAwait(false);
            await _kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            construction = new OverlayConstruction(network, _options);
            if (!await AskKernelAsync(network.Subject, static (session, state) => state.Self.TryBuild(session, state.network, state.construction), (Self: this, network, construction), cancellationToken)
                .ConfigureAwait(false))
            {
                throw await _kernel.RunAsync(static (session, construction) => construction.Obstacle(session), construction, cancellationToken).ConfigureAwait(false);
            }
        }

        network.IsBuilt = true;
        await _watch.StartAsync(cancellationToken).ConfigureAwait(false);
        Log.SegmentsBuilt(_logger, network.Id, network.BridgeName, network.Mtu);
    }

    private bool TryBuild(KernelSession session, OverlayNetwork network, OverlayConstruction construction)
    {
        _members.AddTunnels(session, VniArray(network), network.Options.IsEncrypted);   // before the tunnels: nothing enters them unguarded
        if (!construction.Run(session))
        {
            return false;
        }

        if (construction.Adopted)
        {
            TakeUpPeers(session, network);
        }

        network.Mtu = MtuFor(session, network, network.Peers.Nodes);
        network.Ends.LookUp(network.Peers.Nodes);
        _members.Change(session, VniArray(network), network.Ends.HearFrom(network.Peers.Nodes), []);
        construction.BringUp(session);
        _entries.Start(session);
        PeerProgramming.Write(session, network, new PeerChange([], [.. network.Peers.All]), [.. network.Peers.Nodes], []);
        if (construction.Adopted)
        {
            PeerProgramming.RemoveStrayEnds(session, network);
        }

        return true;
    }

    /// <summary>Peers that an earlier process put into the kernel stay until they are told anew.</summary>
    private void TakeUpPeers(KernelSession session, OverlayNetwork network)
    {
        List<OverlayPeer> valid = [];
        foreach (OverlayPeer peer in PeerProgramming.Read(session, network))
        {
            try
            {
                PeerCheck.ThrowUnlessValid(network, [peer], Advertised, EndpointsOf(network));
                valid.AddRange(network.Peers.PlanAdd(network.Subject, [peer]).Added);
            }
            catch (NetworkException)
            {
                // Somebody else's entry, or one that holds no longer: no peer is better than a wrong one.
            }
        }

        network.Peers.Apply(network.Peers.PlanAdd(network.Subject, valid));
        Log.PeersTakenUp(_logger, network.Id, valid.Count);
    }

    private uint MtuFor(KernelSession session, OverlayNetwork network, IEnumerable<IPAddress> nodes)
        => GivenMtu(network) is { } given
            ? UnderlayMtu.Within(network, given, Advertised)
            : UnderlayMtu.Derive(session, network, nodes, Advertised);

    /// <summary>Takes bridge and tunnels out of the kernel; a repeated call finishes what this one could not. The caller has the network's turn.</summary>
    private async ValueTask TakeDownAsync(OverlayNetwork network)
    {
        await AskKernelAsync(
            network.Subject,
            static (session, state) =>
            {
                OverlayConstruction.TakeDown(session, state.network);
                state.Self._members.RemoveTunnels(session, VniArray(state.network));
                return true;
            },
            (Self: this, network),
            CancellationToken.None).ConfigureAwait(false);
        await _firewall.RemoveNetworkAsync(network.Id, CancellationToken.None).ConfigureAwait(false);
        if (network.IsBuilt)
        {
            network.IsBuilt = false;
            Log.SegmentsGone(_logger, network.Id);
        }
    }
}
