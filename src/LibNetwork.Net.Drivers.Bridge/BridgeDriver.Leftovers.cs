using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver : ILeftoverDriver
{
    public async ValueTask<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken = default)
    {
        HashSet<string> ports = [.. _endpoints.Values.Select(endpoint => endpoint.Port?.Value).OfType<string>()];
        HashSet<int> bridges = [.. _networks.Values.Select(network => network.BridgeIndex)];
        return await _kernel.RunAsync(
            static IReadOnlyList<string> (session, state) => Condemn(session, state.self._options.HostInterfacePrefix, state.bridges, state.ports),
            (self: this, bridges, ports), cancellationToken).ConfigureAwait(false);
    }

    private static List<string> Condemn(KernelSession session, string prefix, HashSet<int> bridges, HashSet<string> ports)
    {
        List<string> removed = [];
        IReadOnlyList<LinkInfo> links = session.Route.DumpLinks();
        HashSet<int> ours = [.. bridges, .. links.Where(IsMarkedBridge).Select(link => link.Index)];
        foreach (LinkInfo link in links.Where(link => link.Group != LinkReaper.CondemnedGroup))
        {
            bool isPort = link.Kind == "veth" && (KernelMarks.IsEndpoint(link.Alias)
                || (link.Master is { } master && ours.Contains(master) && HostInterfaceNames.IsOne(prefix, link.Name)));
            bool isLeft = isPort
                ? !ports.Contains(link.Name)
                : IsMarkedBridge(link) && !bridges.Contains(link.Index) && link.Name != BridgeNetworkPlan.DefaultBridgeName;
            if (isLeft)
            {
                session.Route.Batch.ChangeLink(link.Index, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
                removed.Add($"interface \"{link.Name}\" ({link.Alias ?? "a cable of nobody's"})");
            }
        }

        session.Route.ExecuteUnlessGone();
        session.Reaper.Notify();
        return removed;
    }

    private static bool IsMarkedBridge(LinkInfo link) => link.Kind == "bridge" && KernelMarks.IsNetwork(link.Alias);
}
