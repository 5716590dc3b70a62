using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver
{
    private enum Cabling
    {
        Done,
        HostNameTaken,
        SandboxNameTaken,
    }

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
        await AskKernelAsync(endpoint.Network, endpoint.Subject, Disconnect, port.Value, cancellationToken).ConfigureAwait(false);

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
            endpoint.Network, endpoint.Subject, static (session, state) => FindPort(session, state.endpoint, state._options.HostInterfacePrefix),
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

    private static InterfaceName? FindPort(KernelSession session, BridgeEndpoint endpoint, string prefix)
    {
        for (int choice = 0; choice < HostInterfaceNames.Choices; choice++)
        {
            InterfaceName name = HostInterfaceNames.Of(prefix, endpoint.Id, choice);
            if (session.Route.FindLink(name.Value) is { Kind: "veth", Group: not LinkReaper.CondemnedGroup } link
                && link.Master == endpoint.Network.BridgeIndex)
            {
                return name;
            }
        }

        return null;
    }

    private async ValueTask ConnectAsync(BridgeEndpoint endpoint, DriverJoinRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<FirewallLink> links = LegacyLinks.Of(endpoint, request.SandboxOptions, id => Find(request.NetworkId, id));
        UndoStack undo = new();
        undo.Push(() => _firewall.RemoveEndpointAsync(endpoint.Network.Id, endpoint.Id));
        try
        {
            await ConnectAsync(endpoint, request, links, undo, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask ConnectAsync(
        BridgeEndpoint endpoint, DriverJoinRequest request, IReadOnlyList<FirewallLink> links, UndoStack undo, CancellationToken cancellationToken)
    {
        for (int choice = 0; choice < HostInterfaceNames.Choices; choice++)
        {
            if (await TryConnectAsync(endpoint, request, links, undo, choice, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }

        // This endpoint's own former cables may still wait for the reaper.
        await _kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!await TryConnectAsync(endpoint, request, links, undo, choice: 0, cancellationToken).ConfigureAwait(false))
        {
            InterfaceName taken = HostInterfaceNames.Of(_options.HostInterfacePrefix, endpoint.Id, choice: 0);
            throw NetworkException.Conflict(endpoint.Subject, "all names for its end on the host are taken", $"interface \"{taken}\"");
        }
    }

    private static MacAddress MacFor(DriverEndpointRequest request)
        => (request.IPv4 ?? request.IPv6) is { } own ? MacAddress.Of(own.Address) : MacAddress.NewRandom();

    /// <returns><see langword="false"/> when the host has an interface of that name already; the firewall then waits for the endpoint at the next.</returns>
    private async ValueTask<bool> TryConnectAsync(
        BridgeEndpoint endpoint, DriverJoinRequest request, IReadOnlyList<FirewallLink> links, UndoStack undo, int choice, CancellationToken cancellationToken)
    {
        InterfaceName port = HostInterfaceNames.Of(_options.HostInterfacePrefix, endpoint.Id, choice);
        await _firewall.AddEndpointAsync(endpoint.ToFirewall(port), cancellationToken).ConfigureAwait(false);
        foreach (FirewallLink link in links)
        {
            await _firewall.AddLinkAsync(link, cancellationToken).ConfigureAwait(false);
            undo.Push(() => _firewall.RemoveLinkAsync(link));
        }

        VethLinkSpec cable = Cable(endpoint, request, port);
        Cabling cabling = await AskKernelAsync(
            endpoint.Network, endpoint.Subject, static (session, state) => Connect(session, state.cable, state.endpoint), (cable, endpoint), cancellationToken).ConfigureAwait(false);
        if (cabling == Cabling.Done)
        {
            endpoint.SandboxId = request.SandboxId;
            endpoint.Links = links;
            endpoint.Port = port;
            return true;
        }

        if (cabling == Cabling.SandboxNameTaken)
        {
            throw NetworkException.Conflict(
                endpoint.Subject, $"\"{request.InterfaceName}\" is taken in sandbox \"{request.SandboxId}\"", $"interface \"{request.InterfaceName}\"");
        }

        Log.HostInterfaceNameTaken(_logger, port, endpoint.Subject);
        return false;
    }

    private static VethLinkSpec Cable(BridgeEndpoint endpoint, DriverJoinRequest request, InterfaceName port) => new()
    {
        Name = port.Value,
        Group = LinkReaper.UnfinishedGroup,
        Mtu = endpoint.Network.Mtu,
        Master = endpoint.Network.BridgeIndex,
        PeerName = request.InterfaceName.Value,
        PeerAddress = endpoint.MacAddress.ToPhysicalAddress(),
        PeerNamespaceDescriptor = request.NamespaceDescriptor,
        PeerMtu = endpoint.Network.Mtu,
    };

    private static Cabling Connect(KernelSession session, VethLinkSpec cable, BridgeEndpoint endpoint)
    {
        if (TryCreate(session, cable, endpoint))
        {
            return Cabling.Done;
        }

        if (session.Route.FindLink(cable.Name) is not null)
        {
            return Cabling.HostNameTaken;
        }

        // Either the name is taken in the sandbox, or the reaper took the host's interface away since: trying again tells.
        return TryCreate(session, cable, endpoint) ? Cabling.Done : Cabling.SandboxNameTaken;
    }

    private static bool TryCreate(KernelSession session, VethLinkSpec cable, BridgeEndpoint endpoint)
    {
        session.Route.Batch.CreateVeth(cable);
        try
        {
            session.Route.Execute();
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            return false;
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EINVAL)
        {
            // That is also what the kernel says about a bridge that is gone.
            if (cable.Master is { } bridge && session.Route.FindLink(bridge) is null)
            {
                throw new KernelException("find bridge", string.Empty, LinuxErrno.ENODEV);
            }

            throw;
        }

        try
        {
            TurnIPv6Off(session, cable.Name);
            session.Route.Batch.ChangeLink(
                cable.Name, new LinkChange { Alias = EndpointMark.Of(endpoint), Group = 0, Up = true, BridgePort = BridgePortFor(endpoint) });
            ForgetNeighbours(session, endpoint);
            session.Route.Execute();
            return true;
        }
        catch
        {
            session.Route.Batch.DeleteLink(cable.Name);
            session.Route.ExecuteUnlessGone();
            throw;
        }
    }

    private static BridgePortChange? BridgePortFor(BridgeEndpoint endpoint)
        => endpoint.NeedsHairpin ? new BridgePortChange { Hairpin = true } : null;

    /// <summary>The host may still know the address of another endpoint, which had these addresses before, and would send to it for minutes.</summary>
    private static void ForgetNeighbours(KernelSession session, BridgeEndpoint endpoint)
    {
        foreach (InterfaceAddress? address in (InterfaceAddress?[])[endpoint.IPv4, endpoint.IPv6])
        {
            if (address is { } own)
            {
                session.Route.Batch.RemoveNeighbour(endpoint.Network.BridgeIndex, own.Address);
            }
        }
    }

    /// <summary>A bridge's port speaks for nobody. With IPv6 the kernel gives it an address and routes, and walks those of all ports for each.</summary>
    private static void TurnIPv6Off(KernelSession session, string port)
    {
        try
        {
            session.WriteSysctl(session.HostNamespace, $"net/ipv6/conf/{port}/disable_ipv6", "1");
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            // A kernel without IPv6.
        }
    }

    private static bool Disconnect(KernelSession session, string port)
    {
        session.Route.Batch.ChangeLink(port, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        session.Route.ExecuteUnlessGone();   // the cable goes with either end's namespace
        session.Reaper.Notify();
        return true;
    }
}
