using LibNetwork.Linux;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver
{
    public async ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_networks.TryGetValue(request.NetworkId, out OverlayNetwork? network))
        {
            throw NetworkException.NotFound($"network \"{request.NetworkId}\"");
        }

        if (request.MacAddress is { IsUnicast: false } wanted)
        {
            throw NetworkException.InvalidArgument(
                $"endpoint \"{request.Name}\" on {network.Subject}", nameof(request.MacAddress), $"{wanted} is not a unicast address");
        }

        OverlayEndpoint asked = new(network, request, request.MacAddress ?? MacFor(request));
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfElsewhere(asked);
            OverlayEndpoint endpoint = _endpoints.GetOrAdd(request.Id, asked);
            return endpoint.Network == network
                ? new DriverEndpoint { MacAddress = request.MacAddress is null ? endpoint.MacAddress : null, InterfacePrefix = network.Options.InterfacePrefix }
                : throw NetworkException.Conflict($"endpoint \"{request.Name}\" on {network.Subject}", $"id {request.Id} is taken", endpoint.Subject);
        }
        finally
        {
            network.Turn.Release();
        }
    }

    public async ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not null)
        {
            await LeaveAsync(networkId, endpointId, cancellationToken).ConfigureAwait(false);
            _endpoints.TryRemove(endpointId, out _);
        }
    }

    public async ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        OverlayEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        OverlayNetwork network = endpoint.Network;
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (endpoint.Port is not null && endpoint.SandboxId != request.SandboxId)
            {
                throw NetworkException.Forbidden(endpoint.Subject, "is joined already", $"sandbox \"{endpoint.SandboxId}\"", "leave that sandbox first");
            }

            endpoint.Port ??= await ConnectAsync(endpoint, request, cancellationToken).ConfigureAwait(false);
            endpoint.SandboxId = request.SandboxId;
            endpoint.NamespacePath = request.NamespacePath;
            return JoinOf(network, endpoint.Addresses) with
            {
                SourceName = request.InterfaceName,
                HostInterfaces = [endpoint.Port.Value, network.BridgeName],
            };
        }
        finally
        {
            network.Turn.Release();
        }
    }

    public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { } endpoint)
        {
            return;
        }

        OverlayNetwork network = endpoint.Network;
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (endpoint.Port is not { } port)
            {
                return;
            }

            // From here on only forward: a repeated call finishes what this one could not.
            await AskKernelAsync(endpoint.Subject, CableLaying.Cut, port.Value, CancellationToken.None).ConfigureAwait(false);
            await _firewall.RemoveEndpointAsync(networkId, endpointId, CancellationToken.None).ConfigureAwait(false);
            if (EndpointsOf(network).All(other => other == endpoint || other.Port is null))
            {
                await TakeDownAsync(network).ConfigureAwait(false);
            }

            endpoint.Port = null;
        }
        finally
        {
            network.Turn.Release();
        }
    }

    public async ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        OverlayEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        OverlayNetwork network = endpoint.Network;
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        UndoStack undo = new();
        try
        {
            if (await AskKernelAsync(endpoint.Subject, FindPort, endpoint, cancellationToken).ConfigureAwait(false) is not { } port)
            {
                return false;
            }

            await BuildAsync(network, undo, cancellationToken).ConfigureAwait(false);
            await _firewall.AddEndpointAsync(endpoint.ToFirewall(port), cancellationToken).ConfigureAwait(false);
            endpoint.SandboxId = request.SandboxId;
            endpoint.NamespacePath = request.NamespacePath;
            endpoint.Port = port;
            return true;
        }
        finally
        {
            network.Turn.Release();   // what lives is not taken down when it cannot be taken up
        }
    }

    private static DriverJoin JoinOf(OverlayNetwork network, IEnumerable<InterfaceAddress> addresses) => new()
    {
        CreatedInSandbox = true,
        IsCutByDriver = true,
        OwnsSegment = true,
        Routes =
        [
            .. network.Subnets
                .Where(subnet => addresses.Any(address => address.Family == subnet.Family) && !addresses.Any(address => subnet.Contains(address.Address)))
                .Select(static subnet => new SandboxRoute(subnet)),
        ],
    };

    private static MacAddress MacFor(DriverEndpointRequest request)
        => (request.IPv4 ?? request.IPv6) is { } own ? MacAddress.Of(own.Address) : MacAddress.NewRandom();

    private static void ThrowIfElsewhere(OverlayEndpoint endpoint)
    {
        PeerTable peers = endpoint.Network.Peers;
        OverlayPeer? holder = peers.Find(endpoint.MacAddress)
            ?? endpoint.Addresses.Select(address => peers.Find(address.Address)).FirstOrDefault(static peer => peer is not null);
        if (holder is not null)
        {
            throw NetworkException.Conflict(endpoint.Subject, "its address is taken on another node", $"peer {holder.MacAddress} on node {holder.NodeAddress}");
        }
    }

    private static InterfaceName? FindPort(KernelSession session, OverlayEndpoint endpoint)
        => session.Route.FindLink(endpoint.Network.BridgeName.Value) is { Group: 0 } bridge && InterfaceMark.IsOfSame(bridge.Alias, OverlayMarks.Of(endpoint.Network))
            ? CableLaying.Find(session, PortPrefix, endpoint.Id, bridge.Index)
            : null;

    private async ValueTask<InterfaceName> ConnectAsync(OverlayEndpoint endpoint, DriverJoinRequest request, CancellationToken cancellationToken)
    {
        OverlayNetwork network = endpoint.Network;
        if (network.IsDeleted)
        {
            throw NetworkException.NotFound(network.Subject);
        }

        UndoStack undo = new();
        try
        {
            await BuildAsync(network, undo, cancellationToken).ConfigureAwait(false);
            undo.Push(() => _firewall.RemoveEndpointAsync(network.Id, endpoint.Id));
            return await CableLaying.LayAsync(
                _kernel, PortPrefix, endpoint.Id, endpoint.Subject, port => TryConnectAsync(endpoint, request, port, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, network.Subject).ConfigureAwait(false);
            throw;
        }
    }

    /// <returns><see langword="false"/> when the host has an interface of that name already; the firewall then waits for the endpoint at the next.</returns>
    private async ValueTask<bool> TryConnectAsync(OverlayEndpoint endpoint, DriverJoinRequest request, InterfaceName port, CancellationToken cancellationToken)
    {
        await _firewall.AddEndpointAsync(endpoint.ToFirewall(port), cancellationToken).ConfigureAwait(false);
        bool isLaid = await AskKernelAsync(
            endpoint.Subject, static (session, state) => CableLaying.TryLay(session, state.cable, state.request), (cable: endpoint.CableAt(port), request), cancellationToken)
            .ConfigureAwait(false);
        if (!isLaid)
        {
            Log.HostInterfaceNameTaken(_logger, port, endpoint.Subject);
        }

        return isLaid;
    }
}
