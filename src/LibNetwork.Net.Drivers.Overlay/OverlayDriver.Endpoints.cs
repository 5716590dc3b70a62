using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver
{
    private enum Cabling
    {
        Done,
        HostNameTaken,
        SandboxNameTaken,
    }

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
            return JoinOf(endpoint, request.InterfaceName, endpoint.Port.Value);
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
            await AskKernelAsync(endpoint.Subject, Disconnect, port.Value, CancellationToken.None).ConfigureAwait(false);
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

    private static DriverJoin JoinOf(OverlayEndpoint endpoint, InterfaceName name, InterfaceName port) => new()
    {
        SourceName = name,
        CreatedInSandbox = true,
        IsCutByDriver = true,
        OwnsSegment = true,
        Routes =
        [
            .. endpoint.Network.Subnets
                .Where(subnet => endpoint.Addresses.Any(address => address.Family == subnet.Family) && !endpoint.Addresses.Any(address => subnet.Contains(address.Address)))
                .Select(static subnet => new SandboxRoute(subnet)),
        ],
        HostInterfaces = [port, endpoint.Network.BridgeName],
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
    {
        if (session.Route.FindLink(endpoint.Network.BridgeName.Value) is not { Group: 0 } bridge || bridge.Alias != OverlayMarks.Of(endpoint.Network))
        {
            return null;
        }

        for (int choice = 0; choice < HostInterfaceNames.Choices; choice++)
        {
            InterfaceName name = HostInterfaceNames.Of(PortPrefix, endpoint.Id, choice);
            if (session.Route.FindLink(name.Value) is { Kind: "veth", Group: 0 } link && link.Master == bridge.Index)
            {
                return name;
            }
        }

        return null;
    }

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
            for (int choice = 0; choice < HostInterfaceNames.Choices; choice++)
            {
                if (await TryConnectAsync(endpoint, request, choice, cancellationToken).ConfigureAwait(false) is { } port)
                {
                    return port;
                }
            }

            // This endpoint's own former cables may still wait for the reaper.
            await _kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            InterfaceName first = HostInterfaceNames.Of(PortPrefix, endpoint.Id, choice: 0);
            return await TryConnectAsync(endpoint, request, choice: 0, cancellationToken).ConfigureAwait(false)
                ?? throw NetworkException.Conflict(endpoint.Subject, "all names for its end on the host are taken", $"interface \"{first}\"");
        }
        catch
        {
            await RollBackAsync(undo, network.Subject).ConfigureAwait(false);
            throw;
        }
    }

    /// <returns><see langword="null"/> when the host has an interface of that name already; nothing is left behind.</returns>
    private async ValueTask<InterfaceName?> TryConnectAsync(OverlayEndpoint endpoint, DriverJoinRequest request, int choice, CancellationToken cancellationToken)
    {
        InterfaceName port = HostInterfaceNames.Of(PortPrefix, endpoint.Id, choice);
        UndoStack undo = new();
        Cabling cabling;
        try
        {
            await _firewall.AddEndpointAsync(endpoint.ToFirewall(port), cancellationToken).ConfigureAwait(false);
            undo.Push(() => _firewall.RemoveEndpointAsync(endpoint.Network.Id, endpoint.Id));
            cabling = await AskKernelAsync(
                endpoint.Subject, static (session, state) => Connect(session, state.cable, state.endpoint), (cable: Cable(endpoint, request, port), endpoint), cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
            throw;
        }

        if (cabling == Cabling.Done)
        {
            return port;
        }

        await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
        if (cabling == Cabling.SandboxNameTaken)
        {
            throw NetworkException.Conflict(
                endpoint.Subject, $"\"{request.InterfaceName}\" is taken in sandbox \"{request.SandboxId}\"", $"interface \"{request.InterfaceName}\"");
        }

        Log.HostInterfaceNameTaken(_logger, port, endpoint.Subject);
        return null;
    }

    private static VethLinkSpec Cable(OverlayEndpoint endpoint, DriverJoinRequest request, InterfaceName port) => new()
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

    private static Cabling Connect(KernelSession session, VethLinkSpec cable, OverlayEndpoint endpoint)
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

    private static bool TryCreate(KernelSession session, VethLinkSpec cable, OverlayEndpoint endpoint)
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

        try
        {
            HostParameters.TurnIPv6Off(session, new InterfaceName(cable.Name));
            session.Route.Batch.ChangeLink(cable.Name, new LinkChange { Alias = OverlayMarks.Of(endpoint), Group = 0, Up = true });
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

    private static bool Disconnect(KernelSession session, string port)
    {
        session.Route.Batch.ChangeLink(port, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        session.Route.ExecuteUnlessGone();   // the cable goes with either end's namespace
        session.Reaper.Notify();
        return true;
    }
}
