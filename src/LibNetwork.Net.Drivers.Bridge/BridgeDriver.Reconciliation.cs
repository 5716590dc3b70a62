using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver : IReconcilableDriver
{
    public IReadOnlyList<InterfaceName> GetHostInterfaces(NetworkId networkId)
        => _networks.TryGetValue(networkId, out BridgeNetwork? network) ? [network.BridgeName] : [];

    public IReadOnlyList<InterfaceName> GetHostInterfaces(NetworkId networkId, EndpointId endpointId) => Find(networkId, endpointId) switch
    {
        null => [],
        { Port: { } port, Network: { } network } => [port, network.BridgeName],
        { Network: { } network } => [network.BridgeName],
    };

    public async ValueTask<IReadOnlyList<Finding>> ReconcileNetworkAsync(
        DriverNetworkReconcileRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_networks.TryGetValue(request.NetworkId, out BridgeNetwork? network))
        {
            return [];
        }

        bool needsForwarding = _options.EnableForwarding && !network.Internal;
        BridgeMending mending = new(network, needsForwarding, request.OnlySilentChanges, request.Repair);
        IReadOnlyList<Finding> findings = await AskKernelAsync(network, network.Subject, static (session, work) => work.Run(session), mending, cancellationToken)
            .ConfigureAwait(false);
        if (mending.IsGone && request.Repair)
        {
            await ConstructAgainAsync(network, cancellationToken).ConfigureAwait(false);
        }

        return findings;
    }

    public async ValueTask<DriverEndpointReconciliation> ReconcileEndpointAsync(
        DriverEndpointReconcileRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Find(request.Join.NetworkId, request.Join.EndpointId) is not { } endpoint)
        {
            return new DriverEndpointReconciliation();
        }

        Cable cable = endpoint.CableAt(endpoint.Port ?? HostInterfaceNames.Of(_options.HostInterfacePrefix, endpoint.Id, choice: 0));
        CableMending mending = new(cable, request.IsInterfaceMissing || endpoint.Port is null, request.Repair);
        IReadOnlyList<Finding> findings = await AskKernelAsync(
            endpoint.Network, endpoint.Subject, static (session, work) => work.Run(session), mending, cancellationToken).ConfigureAwait(false);
        DriverJoin? join = null;
        if (mending.IsLost && request.Repair)
        {
            await LeaveAsync(request.Join.NetworkId, request.Join.EndpointId, cancellationToken).ConfigureAwait(false);
            join = await JoinAsync(request.Join, cancellationToken).ConfigureAwait(false);
        }

        return new DriverEndpointReconciliation { Findings = findings, NewJoin = join };
    }

    /// <summary>Makes a network's bridge again; its ports come back one by one.</summary>
    private async ValueTask ConstructAgainAsync(BridgeNetwork network, CancellationToken cancellationToken)
    {
        UndoStack undo = new();
        BridgeConstruction construction = new(_kernel, network, undo, cancellationToken)
        {
            EnableForwarding = _options.EnableForwarding,
            ForwardingIsShared = family => AnotherNeedsForwarding(network, family),
        };
        try
        {
            await AskKernelAsync(network, network.Subject, static (session, work) => work.Run(session), construction, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, network.Subject).ConfigureAwait(false);
            throw;
        }
    }
}
