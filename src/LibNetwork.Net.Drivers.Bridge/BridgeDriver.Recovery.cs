using System.Globalization;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver : IRecoverableDriver
{
    private const uint UsualMtu = 1500;

    public async ValueTask<RecoveredNetworks> RecoverAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<LinkInfo> links = await _kernel.RunAsync(static (session, _) => session.Route.DumpLinks(), 0, cancellationToken).ConfigureAwait(false);
        LinkInfo[] marked = [.. links.Where(link => link.Group == 0 && (KernelMarks.IsNetwork(link.Alias) || KernelMarks.IsEndpoint(link.Alias)))];
        Dictionary<int, BridgeNetwork> bridges = [];
        List<DriverNetworkRequest> networks = [];
        List<RecoveredEndpoint> endpoints = [];
        List<NetworkId> withoutOptions = [];
        List<string> unknown = [];
        foreach (LinkInfo bridge in marked.Where(link => link.Kind == "bridge" && KernelMarks.IsNetwork(link.Alias)))
        {
            Read(bridge, () =>
            {
                DriverNetworkRequest request = WithNames(NetworkMark.Read(bridge.Alias!, out bool hasMore) ?? throw Unreadable(bridge), bridge);
                bridges[bridge.Index] = BridgeNetworkPlan.Of(request, _options);
                networks.Add(request);
                withoutOptions.AddRange(hasMore ? [request.Id] : []);
            });
        }

        foreach (LinkInfo port in marked.Where(link => link.Kind == "veth" && KernelMarks.IsEndpoint(link.Alias)))
        {
            Read(port, () => endpoints.Add(ReadEndpoint(port, port.Master is { } master ? bridges.GetValueOrDefault(master) : null)));
        }

        return new RecoveredNetworks { Networks = networks, Endpoints = endpoints, Unknown = unknown, WithoutOptions = withoutOptions };

        void Read(LinkInfo link, Action read)
        {
            try
            {
                read();
            }
            catch (NetworkException reason)
            {
                unknown.Add($"interface \"{link.Name}\" ({link.Alias}): {reason.Message}");
            }
        }
    }

    private static RecoveredEndpoint ReadEndpoint(LinkInfo port, BridgeNetwork? network)
    {
        if (network is null)
        {
            throw NetworkException.NotFound("its bridge's network");
        }

        if (port.LinkIndex is not { } inside || port.LinkNamespaceId is not { } namespaceId)
        {
            throw NetworkException.NotFound("its sandbox");
        }

        DriverEndpointRequest request = EndpointMark.Read(port.Alias!, network.Id) ?? throw Unreadable(port);   // the caller saw the mark
        return new RecoveredEndpoint
        {
            Request = request,
            Join = JoinOf(network, request.IPv4, request.IPv6) with { OwnsSegment = true },   // only a bridge of ours is marked
            InterfacePrefix = network.Options.InterfacePrefix,
            NamespaceId = namespaceId,
            InterfaceIndex = inside,
        };
    }

    /// <summary>What the bridge itself shows is not in its mark.</summary>
    private static DriverNetworkRequest WithNames(DriverNetworkRequest request, LinkInfo bridge)
    {
        Dictionary<string, string> options = new(request.Options);
        if (bridge.Mtu != UsualMtu)
        {
            options[NetworkLabels.Mtu] = bridge.Mtu.ToString(CultureInfo.InvariantCulture);
        }

        if (bridge.Name != BridgeNetworkPlan.DefaultName(request.Id).Value)
        {
            options[BridgeLabels.BridgeName] = bridge.Name;
        }

        return request with { Options = options };
    }

    private static NetworkException Unreadable(LinkInfo link)
        => new(NetworkErrorKind.NotSupported, $"the mark of \"{link.Name}\"", "does not say enough; an earlier version wrote it");
}
