using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Macvlan;

internal sealed partial class MacvlanDriver
{
    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_networks.TryGetValue(request.NetworkId, out MacvlanNetwork? network))
        {
            throw NetworkException.NotFound($"network \"{request.NetworkId}\"");
        }

        MacvlanEndpoint endpoint = _endpoints.GetOrAdd(
            request.Id,
            static (_, given) => new MacvlanEndpoint(given.Network, given.Request, given.Request.MacAddress ?? MacAddress.NewRandom()),
            (Network: network, Request: request));
        if (request.PortBindings.Count > 0)
        {
            Log.PortsIgnored(_logger, endpoint.Subject);
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
        MacvlanEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        if (endpoint.Sandbox is null)
        {
            await AskKernelAsync(endpoint.Subject, Connect, (endpoint, request), cancellationToken).ConfigureAwait(false);
            endpoint.Sandbox = (request.SandboxId, request.NamespacePath);
        }
        else if (endpoint.Sandbox.Value.Id != request.SandboxId)
        {
            throw NetworkException.Forbidden(endpoint.Subject, "is joined already", $"sandbox \"{endpoint.Sandbox.Value.Id}\"", "leave that sandbox first");
        }

        MacvlanNetwork network = endpoint.Network;
        return new DriverJoin
        {
            SourceName = request.InterfaceName,
            CreatedInSandbox = true,
            GatewayIPv4 = endpoint.HasIPv4 ? network.GatewayIPv4 : null,
            GatewayIPv6 = endpoint.HasIPv6 ? network.GatewayIPv6 : null,
            ForceGatewayIPv4 = endpoint.HasIPv4 && !network.Options.Internal && network.GatewayIPv4 is null,
            ForceGatewayIPv6 = endpoint.HasIPv6 && !network.Options.Internal && network.GatewayIPv6 is null,
            DisableGatewayService = true,
        };
    }

    public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is { Sandbox: { } sandbox } endpoint)
        {
            await AskKernelAsync(endpoint.Subject, Disconnect, (endpoint, sandbox.NamespacePath), cancellationToken).ConfigureAwait(false);
            endpoint.Sandbox = null;
        }
    }

    public async ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        MacvlanEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        bool isThere = await AskKernelAsync(
            endpoint.Subject,
            static (session, state) =>
            {
                using NetworkNamespace inside = NetworkNamespace.Open(state.NamespacePath);
                using RtNetlink route = session.OpenRoute(inside);
                return FindInterface(route, state.endpoint) is not null;
            },
            (endpoint, request.NamespacePath),
            cancellationToken).ConfigureAwait(false);
        endpoint.Sandbox = isThere ? (request.SandboxId, request.NamespacePath) : null;
        return isThere;
    }

    private MacvlanEndpoint? Find(NetworkId networkId, EndpointId endpointId)
        => _endpoints.TryGetValue(endpointId, out MacvlanEndpoint? endpoint) && endpoint.Network.Id == networkId ? endpoint : null;

    private static bool Connect(KernelSession session, (MacvlanEndpoint Endpoint, DriverJoinRequest Request) join)
    {
        MacvlanNetwork network = join.Endpoint.Network;
        LinkInfo parent = session.Route.FindLink(network.Parent.Value)
            ?? throw new NetworkException(NetworkErrorKind.NotFound, join.Endpoint.Subject, $"parent \"{network.Parent}\" was removed")
            {
                Remedy = "bring the interface back, or delete the network and create it again",
            };
        session.Route.Batch.CreateMacvlan(new MacvlanLinkSpec
        {
            Name = join.Request.InterfaceName.Value,
            Parent = parent.Index,
            Mode = network.Options.Mode,
            Address = join.Endpoint.MacAddress.ToPhysicalAddress(),
            Mtu = network.Options.Mtu,
            NamespaceDescriptor = join.Request.NamespaceDescriptor,
        });
        try
        {
            session.Route.Execute();
            return true;
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            throw NetworkException.Conflict(
                join.Endpoint.Subject, $"\"{join.Request.InterfaceName}\" is taken in sandbox \"{join.Request.SandboxId}\"",
                $"interface \"{join.Request.InterfaceName}\"");
        }
    }

    private static bool Disconnect(KernelSession session, (MacvlanEndpoint Endpoint, string NamespacePath) join)
    {
        try
        {
            using NetworkNamespace inside = NetworkNamespace.Open(join.NamespacePath);
            using RtNetlink route = session.OpenRoute(inside);
            if (FindInterface(route, join.Endpoint) is { } link)
            {
                route.Batch.DeleteLink(link.Index);
                route.ExecuteUnlessGone();
            }
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT && exception.Subject == join.NamespacePath)
        {
            // The interface went with the namespace.
        }

        return true;
    }

    /// <summary>Its name may have changed, its hardware address is its own.</summary>
    private static LinkInfo? FindInterface(RtNetlink inside, MacvlanEndpoint endpoint)
        => inside.DumpLinks().FirstOrDefault(link => link.Kind == "macvlan" && link.PhysicalAddress.Equals(endpoint.MacAddress.ToPhysicalAddress()));
}
