using LibNetwork.Firewall;
using LibNetwork.Linux;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver
{
    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_networks.TryGetValue(request.NetworkId, out BridgeNetwork? network))
        {
            throw NetworkException.NotFound($"network \"{request.NetworkId}\"");
        }

        if (request.MacAddress is { IsUnicast: false } wanted)
        {
            throw NetworkException.InvalidArgument(
                $"endpoint \"{request.Name}\" on {network.Subject}", nameof(request.MacAddress), $"{wanted} is not a unicast address");
        }

        BridgeEndpoint asked = new(network, request, request.MacAddress ?? MacFor(request));
        ThrowUnlessEnforceable(asked, asked.Egress);
        BridgeEndpoint endpoint = _endpoints.GetOrAdd(request.Id, asked);
        if (endpoint.Network != network)
        {
            throw NetworkException.Conflict($"endpoint \"{request.Name}\" on {network.Subject}", $"id {request.Id} is taken", endpoint.Subject);
        }

        return ValueTask.FromResult(new DriverEndpoint
        {
            MacAddress = request.MacAddress is null ? endpoint.MacAddress : null,
            InterfacePrefix = network.Options.InterfacePrefix,
        });
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
        BridgeEndpoint endpoint = Find(request.NetworkId, request.EndpointId)
            ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        if (endpoint.Port is null)
        {
            await AwaitBridgeAsync(endpoint.Network, cancellationToken).ConfigureAwait(false);
            await ConnectAsync(endpoint, request, cancellationToken).ConfigureAwait(false);
        }
        else if (endpoint.SandboxId != request.SandboxId)
        {
            throw NetworkException.Forbidden(endpoint.Subject, "is joined already", $"sandbox \"{endpoint.SandboxId}\"", "leave that sandbox first");
        }

        BridgeNetwork network = endpoint.Network;
        return JoinOf(network, endpoint.IPv4, endpoint.IPv6) with
        {
            SourceName = request.InterfaceName,
            HostInterfaces = [endpoint.Port!.Value, network.BridgeName],   // ConnectAsync set it
        };
    }

    private static DriverJoin JoinOf(BridgeNetwork network, InterfaceAddress? ipv4, InterfaceAddress? ipv6) => new()
    {
        CreatedInSandbox = true,
        IsCutByDriver = true,
        OwnsSegment = network.OwnsSegment,
        GatewayIPv4 = ipv4 is null || !network.Options.DefaultRouteIPv4 ? null : network.IPv4?.Gateway,
        GatewayIPv6 = ipv6 is null || !network.Options.DefaultRouteIPv6 ? null : network.IPv6?.Gateway,
        DisableGatewayService = !network.Options.DefaultRouteIPv4 && !network.Options.DefaultRouteIPv6,   // whoever says so wants no other way out either
        Routes = [.. RouteReading.Of(network.Options.Routes, ipv4 is null ? null : network.IPv4, ipv6 is null ? null : network.IPv6)],
    };

    public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { Port: { } port } endpoint)
        {
            return;
        }

        await WithdrawPortsAsync(endpoint, cancellationToken).ConfigureAwait(false);   // the controller has done so, unless it could not
        await AskKernelAsync(endpoint.Network, endpoint.Subject, CableLaying.Cut, port.Value, cancellationToken).ConfigureAwait(false);

        // From here on only forward: a repeated call finishes what this one could not.
        foreach (FirewallLink link in endpoint.Links)
        {
            await _firewall.RemoveLinkAsync(link, CancellationToken.None).ConfigureAwait(false);
        }

        await _firewall.RemoveEndpointAsync(networkId, endpointId, CancellationToken.None).ConfigureAwait(false);
        endpoint.Links = [];
        endpoint.Port = null;
    }

    public async ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        BridgeEndpoint endpoint = Find(request.NetworkId, request.EndpointId)
            ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        InterfaceName? port = await AskKernelAsync(
            endpoint.Network, endpoint.Subject, static (session, state) => CableLaying.Find(session, state._options.HostInterfacePrefix, state.endpoint.Id, state.endpoint.Network.BridgeIndex),
            (endpoint, _options), cancellationToken).ConfigureAwait(false);
        if (port is not { } found)
        {
            return false;
        }

        await _firewall.AddEndpointAsync(endpoint.ToFirewall(found), cancellationToken).ConfigureAwait(false);
        endpoint.Links = LegacyLinks.Of(endpoint, request.SandboxOptions, id => Find(request.NetworkId, id));
        foreach (FirewallLink link in endpoint.Links)
        {
            await _firewall.AddLinkAsync(link, cancellationToken).ConfigureAwait(false);
        }

        endpoint.SandboxId = request.SandboxId;
        endpoint.Port = found;
        return true;
    }

    /// <summary>Waits until neighbours' answers reach the host; what it forwards by IPv6 would wait for them.</summary>
    private async ValueTask AwaitBridgeAsync(BridgeNetwork network, CancellationToken cancellationToken)
    {
        if (!network.IsDelivered && network.OwnsSegment)
        {
            await AddressDelivery.AwaitAsync(_kernel, static session => session.Route, network.OwnAddresses.Select(static address => address.Address), _time, cancellationToken)
                .ConfigureAwait(false);
            network.IsDelivered = true;
        }
    }

    private async ValueTask ConnectAsync(BridgeEndpoint endpoint, DriverJoinRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<FirewallLink> links = LegacyLinks.Of(endpoint, request.SandboxOptions, id => Find(request.NetworkId, id));
        UndoStack undo = new();
        undo.Push(() => _firewall.RemoveEndpointAsync(endpoint.Network.Id, endpoint.Id));
        try
        {
            endpoint.Port = await CableLaying.LayAsync(
                _kernel, _options.HostInterfacePrefix, endpoint.Id, endpoint.Subject,
                port => TryConnectAsync(endpoint, request, links, undo, port, cancellationToken), cancellationToken).ConfigureAwait(false);
            endpoint.SandboxId = request.SandboxId;
            endpoint.Links = links;
        }
        catch
        {
            await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
            throw;
        }
    }

    private static MacAddress MacFor(DriverEndpointRequest request)
        => (request.IPv4 ?? request.IPv6) is { } own ? MacAddress.Of(own.Address) : MacAddress.NewRandom();

    /// <returns><see langword="false"/> when the host has an interface of that name already; the firewall then waits for the endpoint at the next.</returns>
    private async ValueTask<bool> TryConnectAsync(
        BridgeEndpoint endpoint, DriverJoinRequest request, IReadOnlyList<FirewallLink> links, UndoStack undo, InterfaceName port, CancellationToken cancellationToken)
    {
        await _firewall.AddEndpointAsync(endpoint.ToFirewall(port), cancellationToken).ConfigureAwait(false);
        foreach (FirewallLink link in links)
        {
            await _firewall.AddLinkAsync(link, cancellationToken).ConfigureAwait(false);
            undo.Push(() => _firewall.RemoveLinkAsync(link));
        }

        bool isLaid = await AskKernelAsync(
            endpoint.Network, endpoint.Subject, static (session, state) => CableLaying.TryLay(session, state.cable, state.request),
            (cable: endpoint.CableAt(port), request), cancellationToken).ConfigureAwait(false);
        if (!isLaid)
        {
            Log.HostInterfaceNameTaken(_logger, port, endpoint.Subject);
        }

        return isLaid;
    }
}
