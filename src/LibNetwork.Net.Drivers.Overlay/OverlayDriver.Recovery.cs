using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

/// <content>What the kernel tells of networks that the store has lost; peers are taken up from there in any case.</content>
internal sealed partial class OverlayDriver : IRecoverableDriver
{
    private static readonly Dictionary<uint, OverlayNetwork> NothingTaken = [];   // who has which identifier is for the creation to check

    public async ValueTask<RecoveredNetworks> RecoverAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<LinkInfo> links = await _kernel.RunAsync(static (session, _) => session.Route.DumpLinks(), 0, cancellationToken).ConfigureAwait(false);
        Dictionary<int, OverlayNetwork> bridges = [];
        List<DriverNetworkRequest> networks = [];
        List<RecoveredEndpoint> endpoints = [];
        List<NetworkId> withoutOptions = [];
        List<string> unknown = [];
        foreach (LinkInfo bridge in links.Where(static link => link is { Group: 0, Kind: "bridge" } && OverlayMarks.IsNetwork(link.Alias)))
        {
            Read(bridge, () =>
            {
                DriverNetworkRequest request = OverlayMarks.ReadNetwork(bridge.Alias!, out bool hasMore) ?? throw Unreadable(bridge);
                bridges[bridge.Index] = OverlayNetworkPlan.Of(request, NothingTaken);
                networks.Add(request);
                withoutOptions.AddRange(hasMore ? [request.Id] : []);
            });
        }

        foreach (LinkInfo port in links.Where(static link => link is { Group: 0, Kind: "veth" } && OverlayMarks.IsEndpoint(link.Alias)))
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

    private static RecoveredEndpoint ReadEndpoint(LinkInfo port, OverlayNetwork? network)
    {
        if (network is null)
        {
            throw NetworkException.NotFound("its bridge's network");
        }

        if (port.LinkIndex is not { } inside || port.LinkNamespaceId is not { } namespaceId)
        {
            throw NetworkException.NotFound("its sandbox");
        }

        DriverEndpointRequest request = OverlayMarks.ReadEndpoint(port.Alias!, network.Id) ?? throw Unreadable(port);   // the caller saw the mark
        return new RecoveredEndpoint
        {
            Request = request,
            Join = JoinOf(network, ((InterfaceAddress?[])[request.IPv4, request.IPv6]).OfType<InterfaceAddress>()),
            InterfacePrefix = network.Options.InterfacePrefix,
            NamespaceId = namespaceId,
            InterfaceIndex = inside,
        };
    }

    private static NetworkException Unreadable(LinkInfo link)
        => new(NetworkErrorKind.NotSupported, $"the mark of \"{link.Name}\"", "does not say enough: it had no room, or an earlier version wrote it");
}
