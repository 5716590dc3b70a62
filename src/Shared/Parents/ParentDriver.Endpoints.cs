using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Parents;

internal abstract partial class ParentDriver
{
    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_networks.TryGetValue(request.NetworkId, out ParentNetwork? network))
        {
            throw NetworkException.NotFound($"network \"{request.NetworkId}\"");
        }

        ParentEndpoint endpoint = _endpoints.GetOrAdd(
            request.Id,
            static (_, given) => new ParentEndpoint(given.Network, given.Request, given.Self.ChooseAddress(given.Network, ParentEndpoint.SubjectOf(given.Network, given.Request), given.Request.MacAddress)),
            (Self: this, Network: network, Request: request));
        if (request.PortBindings.Count > 0)
        {
            Log.PortsIgnored(logger, endpoint.Subject);
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
        ParentEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        if (endpoint.Sandbox is null)
        {
            await ConnectAsync(endpoint, request, cancellationToken).ConfigureAwait(false);
        }
        else if (endpoint.Sandbox.Value.Id != request.SandboxId)
        {
            throw NetworkException.Forbidden(endpoint.Subject, "is joined already", $"sandbox \"{endpoint.Sandbox.Value.Id}\"", "leave that sandbox first");
        }

        ParentNetwork network = endpoint.Network;
        return new DriverJoin
        {
            SourceName = request.InterfaceName,
            CreatedInSandbox = true,
            IsCutByDriver = true,
            GatewayIPv4 = endpoint.IPv4 is not null ? network.GatewayIPv4 : null,
            GatewayIPv6 = endpoint.IPv6 is not null ? network.GatewayIPv6 : null,
            ForceGatewayIPv4 = endpoint.IPv4 is not null && !network.Options.Internal && network.GatewayIPv4 is null,
            ForceGatewayIPv6 = endpoint.IPv6 is not null && !network.Options.Internal && network.GatewayIPv6 is null,
            DisableGatewayService = true,
        };
    }

    public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is { Sandbox: { } sandbox } endpoint)
        {
            await AskKernelAsync(
                endpoint.Subject,
                static (session, state) => state.Self.Disconnect(session, state.endpoint, state.NamespacePath),
                (Self: this, endpoint, sandbox.NamespacePath),
                cancellationToken).ConfigureAwait(false);
            endpoint.Sandbox = null;
            endpoint.Index = null;
        }
    }

    public async ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ParentEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        bool isThere = await AskKernelAsync(
            endpoint.Subject,
            static (session, state) =>
            {
                using NetworkNamespace inside = session.OpenNamespace(state.NamespacePath);
                using RtNetlink route = session.OpenRoute(inside);
                if (state.Self.FindInterface(route, state.endpoint, ParentOf(session, state.endpoint)) is null)
                {
                    HostShim.RemoveRoutes(session, state.endpoint);
                    return false;
                }

                HostShim.AddRoutes(session, state.endpoint);
                return true;
            },
            (Self: this, endpoint, request.NamespacePath),
            cancellationToken).ConfigureAwait(false);
        endpoint.Sandbox = isThere ? (request.SandboxId, request.NamespacePath) : null;
        return isThere;
    }

    private ParentEndpoint? Find(NetworkId networkId, EndpointId endpointId)
        => _endpoints.TryGetValue(endpointId, out ParentEndpoint? endpoint) && endpoint.Network.Id == networkId ? endpoint : null;

    private static int? ParentOf(KernelSession session, ParentEndpoint endpoint) => session.Route.FindLink(endpoint.Network.Parent.Value)?.Index;

    private async ValueTask ConnectAsync(ParentEndpoint endpoint, DriverJoinRequest request, CancellationToken cancellationToken)
    {
        Task reaping = kernel.Reaper.DrainAsync();
        bool isReaping = !reaping.IsCompleted;
        try
        {
            await AskForConnectionAsync(endpoint, request, cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException refusal) when (isReaping && refusal.InnerException is KernelException cause && ParentErrors.IsOccupied(cause, Name))
        {
            // Perhaps by what was cut off and is about to be deleted: a parent may take only one interface, or only those of one kind.
            await reaping.WaitAsync(cancellationToken).ConfigureAwait(false);
            await AskForConnectionAsync(endpoint, request, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask AskForConnectionAsync(ParentEndpoint endpoint, DriverJoinRequest request, CancellationToken cancellationToken)
        => await AskKernelAsync(
            endpoint.Subject, static (session, state) => state.Self.Connect(session, state.endpoint, state.request), (Self: this, endpoint, request), cancellationToken).ConfigureAwait(false);

    private bool Connect(KernelSession session, ParentEndpoint endpoint, DriverJoinRequest request)
    {
        int parent = ParentOf(session, endpoint)
            ?? throw new NetworkException(NetworkErrorKind.NotFound, endpoint.Subject, $"parent \"{endpoint.Network.Parent}\" was removed")
            {
                Remedy = "bring the interface back, or delete the network and create it again",
            };
        using NetworkNamespace? sandbox = HasTwin(endpoint, request.NamespacePath) ? session.OpenNamespace(request.NamespacePath) : null;
        using RtNetlink? inside = sandbox is null ? null : session.OpenRoute(sandbox);
        HostShim.AddRoutes(session, endpoint);
        try
        {
            Make(session, endpoint, request, parent);
            endpoint.Index = inside is null ? null : IndexOf(inside, request.InterfaceName.Value);
        }
        catch (KernelException exception)
        {
            HostShim.RemoveRoutes(session, endpoint);
            if (exception.Errno != LinuxErrno.EEXIST)
            {
                throw;
            }

            throw NetworkException.Conflict(
                endpoint.Subject, $"\"{request.InterfaceName}\" is taken in sandbox \"{request.SandboxId}\"", $"interface \"{request.InterfaceName}\"");
        }

        endpoint.Sandbox = (request.SandboxId, request.NamespacePath);
        return true;
    }

    private void Make(KernelSession session, ParentEndpoint endpoint, DriverJoinRequest request, int parent)
    {
        try
        {
            Create(session.Route.Batch, endpoint, request, parent);
            session.Route.Execute();
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            if (session.Route.FindLink(request.InterfaceName.Value) is null)   // not in the filter, which runs before the batch is empty again
            {
                throw;
            }

            MakeAndRename(session, endpoint, request, parent);
        }
    }

    /// <summary>Older kernels (6.1 among them) look for the name among the host's links too, where <c>eth0</c> is likely: there the name comes after the birth.</summary>
    private void MakeAndRename(KernelSession session, ParentEndpoint endpoint, DriverJoinRequest request, int parent)
    {
        const int Digits = 10;
        string id = request.EndpointId.Value;
        InterfaceName interim = new("new" + id[..Math.Min(Digits, id.Length)]);
        using NetworkNamespace sandbox = session.OpenNamespace(request.NamespacePath);
        using RtNetlink inside = session.OpenRoute(sandbox);
        Create(session.Route.Batch, endpoint, request with { InterfaceName = interim }, parent);
        session.Route.Execute();
        try
        {
            int index = inside.FindLink(interim.Value)?.Index ?? throw new KernelException("find link", interim.Value, LinuxErrno.ENODEV);
            inside.Batch.ChangeLink(index, new LinkChange { NewName = request.InterfaceName.Value });
            inside.Execute();
        }
        catch (KernelException)
        {
            inside.Batch.DeleteLink(interim.Value);
            inside.ExecuteUnlessGone();
            throw;
        }
    }

    /// <summary>Whether the sandbox has an interface of the parent already, so that nothing tells the new one from it before it has addresses.</summary>
    private bool HasTwin(ParentEndpoint endpoint, string namespacePath)
        => endpoint.MacAddress is null && _endpoints.Values.Any(other =>
            other != endpoint && other.Network.Parent == endpoint.Network.Parent && other.Sandbox is { } sandbox && sandbox.NamespacePath == namespacePath);

    private static int? IndexOf(RtNetlink inside, string made)
    {
        try
        {
            return inside.FindLink(made)?.Index;
        }
        catch (KernelException)
        {
            inside.Batch.DeleteLink(made);
            inside.ExecuteUnlessGone();
            throw;
        }
    }

    private bool Disconnect(KernelSession session, ParentEndpoint endpoint, string namespacePath)
    {
        HostShim.RemoveRoutes(session, endpoint);
        try
        {
            NetworkNamespace inside = session.OpenNamespace(namespacePath);
            int? cut = null;
            try
            {
                cut = CutOff(session, endpoint, inside);
            }
            finally
            {
                if (cut is { } link)
                {
                    session.Reaper.Notify(inside, link);   // which has the namespace from now on
                }
                else
                {
                    inside.Dispose();
                }
            }
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT && exception.Subject == namespacePath)
        {
            // The interface went with the namespace.
        }

        return true;
    }

    /// <summary>Takes an endpoint's interface down and out of the way; its addresses and its name are free from then on.</summary>
    /// <returns>The index of what is to be deleted; <see langword="null"/> when the interface is gone.</returns>
    private int? CutOff(KernelSession session, ParentEndpoint endpoint, NetworkNamespace inside)
    {
        using RtNetlink route = session.OpenRoute(inside);
        if (FindInterface(route, endpoint, ParentOf(session, endpoint)) is not { } link)
        {
            return null;
        }

        // An ipvlan parent gives nobody an address that an interface of it has, also one that is down.
        IReadOnlyList<AddressInfo> addresses = route.DumpAddresses(link.Index);
        foreach (AddressInfo address in addresses)
        {
            route.Batch.RemoveAddress(link.Index, address.Address, address.PrefixLength);
        }

        route.Batch.ChangeLink(link.Index, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        try
        {
            route.Execute();
            route.Batch.ChangeLink(link.Index, new LinkChange { NewName = $"dead{link.Index}" });
            route.Execute();
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            // Somebody inside has an interface of that name: this one keeps its own until it is deleted.
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENODEV)
        {
            return null;
        }

        return link.Index;
    }
}
