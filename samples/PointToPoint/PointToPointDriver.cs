using System.Collections.Concurrent;
using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace PointToPoint;

/// <summary>A network is one cable, with an endpoint at each end: a subnet of two addresses, such as a /31, and nobody between.</summary>
public sealed class PointToPointDriver(HostKernel kernel) : INetworkDriver, IGatewayAllocationDriver, IRestorableDriver, ILeftoverDriver
{
    private readonly ConcurrentDictionary<NetworkId, Cable> _cables = new();

    public string Name => "ptp";

    public DriverCapabilities Capabilities { get; } = new() { BuildsEndpoints = false, OffersGateway = false };

    public ValueTask<(bool SkipIPv4, bool SkipIPv6)> GetGatewayNeedsAsync(
        string networkName, bool isInternal, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken = default) => new((true, true));

    public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _cables.TryAdd(request.Id, new Cable(request.Id, request.Name));   // the cable is laid when somebody plugs in
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        _cables.TryRemove(networkId, out _);   // the controller has let all endpoints leave, and the cable went with the last
        return ValueTask.CompletedTask;
    }

    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        if (!_cables.TryGetValue(request.NetworkId, out Cable? cable))
        {
            throw NetworkException.NotFound($"network \"{request.NetworkId}\"");
        }

        if (!cable.TryTake(request.Id))
        {
            throw NetworkException.Conflict($"endpoint \"{request.Name}\" on {cable.Subject}", "both ends are taken", $"endpoints {cable.Holders}", "delete one of them");
        }

        return ValueTask.FromResult(new DriverEndpoint());
    }

    public async ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        await LeaveAsync(networkId, endpointId, cancellationToken).ConfigureAwait(false);
        _cables.GetValueOrDefault(networkId)?.Free(endpointId);
    }

    public async ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
    {
        (Cable cable, int end) = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        await kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);   // a cable of the same name may still be on its way out
        await kernel.RunAsync(static (session, cable) => Lay(session, cable), cable, cancellationToken).ConfigureAwait(false);
        cable.IsJoined[end] = true;

        // The controller moves the end into the sandbox, gives it its name and addresses, and moves it back when the endpoint leaves.
        return new DriverJoin { SourceName = new InterfaceName(cable.Ends[end]), OwnsSegment = true, DisableGatewayService = true };
    }

    public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { } found || !found.Cable.IsJoined[found.End])
        {
            return;
        }

        if (!found.Cable.IsJoined[1 - found.End])
        {
            await kernel.RunAsync(static (session, ends) => Condemn(session, ends), found.Cable.Ends, cancellationToken).ConfigureAwait(false);
        }

        found.Cable.IsJoined[found.End] = false;
    }

    public async ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default)
    {
        (Cable cable, int end) = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        return cable.IsJoined[end] = await kernel.RunAsync(
            static (session, state) =>
            {
                using NetworkNamespace sandbox = session.OpenNamespace(state.NamespacePath);
                using RtNetlink inside = session.OpenRoute(sandbox);
                return inside.DumpLinks().Concat(session.Route.DumpLinks()).Any(link => link.Alias == state.Mark);
            },
            (request.NamespacePath, Mark: cable.Marks[end]),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken = default)
    {
        HashSet<string> known = [.. _cables.Values.Where(static cable => cable.IsJoined.Contains(true)).SelectMany(static cable => cable.Marks)];
        return await kernel.RunAsync(
            static (session, known) =>
            {
                IEnumerable<LinkInfo> left = session.Route.DumpLinks()
                    .Where(link => link.Alias?.StartsWith(Cable.MarkPrefix, StringComparison.Ordinal) == true && !known.Contains(link.Alias));
                return Condemn(session, [.. left.Where(static link => link.Group != LinkReaper.CondemnedGroup).Select(static link => link.Name)]);
            },
            known,
            cancellationToken).ConfigureAwait(false);
    }

    private (Cable Cable, int End)? Find(NetworkId networkId, EndpointId endpointId)
        => _cables.TryGetValue(networkId, out Cable? cable) && cable.EndOf(endpointId) is { } end ? (cable, end) : null;

    /// <summary>Lays the cable, unless it is there. It is born unfinished, so that a process that dies here leaves nothing that looks finished.</summary>
    private static bool Lay(KernelSession session, Cable cable)
    {
        if (session.Route.FindLink(cable.Ends[0]) is not null || session.Route.FindLink(cable.Ends[1]) is not null)
        {
            return false;   // one end may be in a sandbox
        }

        session.Route.Batch.CreateVeth(new VethLinkSpec { Name = cable.Ends[0], PeerName = cable.Ends[1], Group = LinkReaper.UnfinishedGroup });
        session.Route.Execute();
        try
        {
            session.Route.Batch.ChangeLink(cable.Ends[1], new LinkChange { Alias = cable.Marks[1] });
            session.Route.Batch.ChangeLink(cable.Ends[0], new LinkChange { Alias = cable.Marks[0], Group = 0 });
            session.Route.Execute();
            return true;
        }
        catch (KernelException)
        {
            session.Route.Batch.DeleteLink(cable.Ends[0]);
            session.Route.ExecuteUnlessGone();
            throw;
        }
    }

    private static string[] Condemn(KernelSession session, string[] names)
    {
        foreach (string name in names.Where(name => session.Route.FindLink(name) is not null))
        {
            session.Route.Batch.ChangeLink(name, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
            session.Route.ExecuteUnlessGone();
        }

        session.Reaper.Notify();
        return names;
    }
}
