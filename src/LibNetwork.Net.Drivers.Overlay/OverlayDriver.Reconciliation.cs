using LibNetwork.Linux;
using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver : IReconcilableDriver
{
    public IReadOnlyList<InterfaceName> GetHostInterfaces(NetworkId networkId)
        => _networks.TryGetValue(networkId, out OverlayNetwork? network) && network.IsBuilt
            ? [network.BridgeName, .. network.Segments.Select(static segment => segment.Tunnel), .. network.Options.IsEncrypted ? _encryption.Interfaces : []]
            : [];

    public IReadOnlyList<InterfaceName> GetHostInterfaces(NetworkId networkId, EndpointId endpointId) => Find(networkId, endpointId) switch
    {
        { Port: { } port, Network: { } network } => [port, network.BridgeName],
        _ => [],
    };

    public async ValueTask<IReadOnlyList<Finding>> ReconcileNetworkAsync(DriverNetworkReconcileRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_networks.TryGetValue(request.NetworkId, out OverlayNetwork? network))
        {
            return [];
        }

        IReadOnlyList<Finding> keys = network.Options.IsEncrypted ? await _encryption.ReconcileAsync(request, cancellationToken).ConfigureAwait(false) : [];
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return network.IsBuilt
                ? [
                    .. keys,
                    .. await AskKernelAsync(network.Subject, static (session, state) => state.Self.Mend(session, state.network, state.request), (Self: this, network, request), cancellationToken)
                        .ConfigureAwait(false),
                ]
                : keys;
        }
        finally
        {
            network.Turn.Release();
        }
    }

    public async ValueTask<DriverEndpointReconciliation> ReconcileEndpointAsync(DriverEndpointReconcileRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Find(request.Join.NetworkId, request.Join.EndpointId) is not { } endpoint)
        {
            return new DriverEndpointReconciliation();
        }

        Cable cable = endpoint.CableAt(endpoint.Port ?? HostInterfaceNames.Of(PortPrefix, endpoint.Id, choice: 0));
        CableMending mending = new(cable, request.IsInterfaceMissing || endpoint.Port is null, request.Repair);
        IReadOnlyList<Finding> findings = await AskKernelAsync(endpoint.Subject, static (session, work) => work.Run(session), mending, cancellationToken).ConfigureAwait(false);
        DriverJoin? join = null;
        if (mending.IsLost && request.Repair)
        {
            await LeaveAsync(request.Join.NetworkId, request.Join.EndpointId, cancellationToken).ConfigureAwait(false);
            join = await JoinAsync(request.Join, cancellationToken).ConfigureAwait(false);
        }

        return new DriverEndpointReconciliation { Findings = findings, NewJoin = join };
    }

    private IReadOnlyList<Finding> Mend(KernelSession session, OverlayNetwork network, DriverNetworkReconcileRequest request)
    {
        bool repair = request.Repair;
        OverlayComparison comparison = new(network);
        comparison.CompareLinks(session);
        _entries.Read(_networks.Values);
        if (!_members.IsWhole(session))
        {
            comparison.Add(FindingKind.FirewallChanged, $"members of its tunnels in table \"{MembersTable.Table}\"", "some are missing, or the table");
            if (repair)
            {
                _members.Rewrite(session);   // before anything is up again
            }
        }

        // A dump of all entries of the host, which is not for every second.
        if (comparison.AreLinksThere && (network.IsSuspect || !request.OnlySilentChanges))
        {
            comparison.ComparePeers(session);
            network.IsSuspect = comparison.Findings.Count > 0;
        }

        if (repair && comparison.NeedsConstruction)
        {
            OverlayConstruction construction = new(network, _options);
            if (!construction.Run(session))
            {
                throw construction.Obstacle(session);
            }

            construction.BringUp(session);
        }

        if (repair && comparison.Findings.Count > 0)
        {
            PeerProgramming.Write(session, network, new PeerChange([], [.. network.Peers.All]), [.. network.Peers.Nodes], []);
        }

        return comparison.Findings;
    }
}
