using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: compares what it has on the host with what should be there, and puts it back. Found by a type test.</summary>
/// <remarks>
/// The controller calls these between the verbs of the same network or endpoint, never during one. What others own is reported with
/// <see cref="Finding.CanBeRepaired"/> off, and not touched. What is in the sandbox the controller compares itself. A repair that fails
/// leaves the rest as it is, and is called again later. Networks of a driver without this part are not reconciled on the host's side.
/// </remarks>
public interface IReconcilableDriver
{
    /// <summary>The host's interfaces that a network needs.</summary>
    IReadOnlyList<InterfaceName> GetHostInterfaces(NetworkId networkId);

    /// <summary>The host's interfaces that a joined endpoint needs, its network's among them.</summary>
    IReadOnlyList<InterfaceName> GetHostInterfaces(NetworkId networkId, EndpointId endpointId);

    /// <summary>Compares a network, and repairs it if that is asked for.</summary>
    /// <returns>What is, or before the repair was, not as it should be.</returns>
    ValueTask<IReadOnlyList<Finding>> ReconcileNetworkAsync(DriverNetworkReconcileRequest request, CancellationToken cancellationToken = default);

    /// <summary>Compares a joined endpoint, and repairs it if that is asked for.</summary>
    ValueTask<DriverEndpointReconciliation> ReconcileEndpointAsync(
        DriverEndpointReconcileRequest request, CancellationToken cancellationToken = default);
}
