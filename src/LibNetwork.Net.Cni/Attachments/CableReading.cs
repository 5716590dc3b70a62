using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Cni.Attachments;

/// <summary>The three interfaces of an attachment as the kernel has them: in the container, its other end on the host, the bridge.</summary>
internal sealed record CableReading(LinkInfo? Inside, LinkInfo? HostEnd, LinkInfo? Bridge)
{
    public IReadOnlyList<AddressInfo> Addresses { get; init; } = [];

    public IReadOnlyList<RouteInfo> Routes { get; init; } = [];

    /// <summary>Reads them in one turn at the kernel.</summary>
    public static async Task<CableReading> ReadAsync(
        HostKernel kernel, NetworkNamespace container, string interfaceName, string bridge, bool withRoutes, CancellationToken cancellationToken)
        => await kernel.RunAsync(Read, (container, interfaceName, bridge, withRoutes), cancellationToken).ConfigureAwait(false);

    private static CableReading Read(KernelSession session, (NetworkNamespace Container, string InterfaceName, string Bridge, bool WithRoutes) asked)
    {
        using RtNetlink container = session.OpenRoute(asked.Container);
        LinkInfo? inside = container.FindLink(asked.InterfaceName);
        return new CableReading(inside, inside?.LinkIndex is { } other ? session.Route.FindLink(other) : null, session.Route.FindLink(asked.Bridge))
        {
            Addresses = asked.WithRoutes && inside is not null ? container.DumpAddresses(inside.Index) : [],
            Routes = asked.WithRoutes && inside is not null ? [.. container.DumpRoutes().Where(route => route.OutputInterface == inside.Index)] : [],
        };
    }
}
