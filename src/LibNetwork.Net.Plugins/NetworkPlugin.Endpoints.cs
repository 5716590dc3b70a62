using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LibNetwork.Drivers;
using LibNetwork.Plugins.Protocol;

namespace LibNetwork.Plugins;

internal sealed partial class NetworkPlugin
{
    private async ValueTask<EndpointReply> CreateEndpointAsync(EndpointMessage message, CancellationToken cancellationToken)
    {
        DriverEndpointRequest request = message.ToRequest(isRestored: false);
        DriverEndpoint answer = await _driver.CreateEndpointAsync(request, cancellationToken).ConfigureAwait(false);
        await KeepAsync(
            KeyOf(Endpoints, request.NetworkId, request.Id), message, PluginJson.Default.EndpointMessage,
            () => _driver.DeleteEndpointAsync(request.NetworkId, request.Id, CancellationToken.None), cancellationToken).ConfigureAwait(false);
        _endpoints[request.Id] = new PluginEndpoint(request, answer);
        return new EndpointReply
        {
            Interface = new AddressesMessage
            {
                Address = answer.IPv4?.ToString() ?? string.Empty,
                AddressIPv6 = answer.IPv6?.ToString() ?? string.Empty,
                MacAddress = answer.MacAddress?.ToString() ?? string.Empty,
            },
        };
    }

    private async ValueTask DeleteEndpointAsync(ReferenceMessage message, CancellationToken cancellationToken)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        await _driver.DeleteEndpointAsync(network, id, cancellationToken).ConfigureAwait(false);
        await _records.DeleteAsync(KeyOf(Endpoints, network, id), KeyOf(Joins, network, id), KeyOf(WaysOut, network, id)).ConfigureAwait(false);
        _endpoints.TryRemove(id, out _);
    }

    private DescriptionReply Describe(ReferenceMessage message)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        Dictionary<string, JsonElement> value = new(StringComparer.Ordinal);
        if (_driver is IEndpointDetailsDriver details)
        {
            foreach ((string label, string text) in details.GetEndpointDetails(network, id))
            {
                value[label] = PluginJson.Element(text);
            }
        }

        if (_endpoints.TryGetValue(id, out PluginEndpoint? endpoint))
        {
            value[PluginOptions.PortMap] = PluginJson.Element(PortMessages.Of(endpoint.PublishedPorts));
        }

        return new DescriptionReply { Value = value };
    }

    private async ValueTask<JoinReply> JoinAsync(JoinMessage message, CancellationToken cancellationToken)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        PluginEndpoint endpoint = Find(id);
        DriverJoin join = await _driver.JoinAsync(
            new DriverJoinRequest
            {
                NetworkId = network,
                EndpointId = id,
                SandboxId = PluginEndpoint.SandboxOf(message.SandboxKey),
                NamespacePath = _hostPath,
                NamespaceDescriptor = _host.Descriptor,
                InterfaceName = endpoint.HostName,
                SandboxOptions = RequestReading.TextLabels(message.Options),
            },
            cancellationToken).ConfigureAwait(false);
        await KeepAsync(
            KeyOf(Joins, network, id), message, PluginJson.Default.JoinMessage, () => _driver.LeaveAsync(network, id, CancellationToken.None), cancellationToken).ConfigureAwait(false);
        return new JoinReply
        {
            InterfaceName = join.SourceName is { } source
                ? new InterfaceNameMessage { SrcName = source.Value, DstPrefix = join.InterfacePrefix ?? endpoint.Answer.InterfacePrefix }
                : null,
            Gateway = join.GatewayIPv4?.ToString() ?? string.Empty,
            GatewayIPv6 = join.GatewayIPv6?.ToString() ?? string.Empty,
            StaticRoutes = [.. RoutesOf(join).Select(ToMessage)],
            DisableGatewayService = join.DisableGatewayService,
        };
    }

    private async ValueTask LeaveAsync(ReferenceMessage message, CancellationToken cancellationToken)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        await _driver.LeaveAsync(network, id, cancellationToken).ConfigureAwait(false);
        await _records.DeleteAsync(KeyOf(Joins, network, id), KeyOf(WaysOut, network, id)).ConfigureAwait(false);
    }

    private async ValueTask ProgramAsync(JoinMessage message, CancellationToken cancellationToken)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        PluginEndpoint endpoint = Find(id);
        if (_driver is not IExternalConnectivityDriver driver)
        {
            return;
        }

        await ProgramAsync(driver, endpoint, message, cancellationToken).ConfigureAwait(false);
        Dictionary<string, JsonElement> options = new(message.Options ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal)
        {
            [PluginOptions.PortMap] = PluginJson.Element(PortMessages.Of(endpoint.PublishedPorts)),   // where they are, so that they come back there
        };
        await KeepAsync(
            KeyOf(WaysOut, network, id), message with { Options = options }, PluginJson.Default.JoinMessage, () => RevokeAsync(driver, network, id, CancellationToken.None),
            cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask ProgramAsync(IExternalConnectivityDriver driver, PluginEndpoint endpoint, JoinMessage message, CancellationToken cancellationToken)
    {
        bool isAnotherIPv6 = message.Options is not null && message.Options.TryGetValue(PluginOptions.AnotherIPv6Gateway, out JsonElement value) && RequestReading.IsTrue(value);
        EndpointId id = endpoint.Request.Id;
        endpoint.PublishedPorts = await driver.ProgramExternalConnectivityAsync(
            endpoint.Request.NetworkId, id, id, isAnotherIPv6 ? null : id, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask RevokeAsync(ReferenceMessage message, CancellationToken cancellationToken)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        if (_driver is IExternalConnectivityDriver driver)
        {
            await RevokeAsync(driver, network, id, cancellationToken).ConfigureAwait(false);
            await _records.DeleteAsync(KeyOf(WaysOut, network, id)).ConfigureAwait(false);
        }
    }

    private async ValueTask RevokeAsync(IExternalConnectivityDriver driver, NetworkId network, EndpointId id, CancellationToken cancellationToken)
    {
        await driver.ProgramExternalConnectivityAsync(network, id, gatewayIPv4: null, gatewayIPv6: null, cancellationToken).ConfigureAwait(false);
        if (_endpoints.TryGetValue(id, out PluginEndpoint? endpoint))
        {
            endpoint.PublishedPorts = [];
        }
    }

    private PluginEndpoint Find(EndpointId id)
        => _endpoints.TryGetValue(id, out PluginEndpoint? endpoint) ? endpoint : throw NetworkException.NotFound($"endpoint \"{id}\"");

    private static string KeyOf(string kind, NetworkId network, EndpointId id) => $"{kind}{network}/{id}";

    /// <summary>The protocol has no way out without a gateway's address; a route to everywhere by the interface is the same.</summary>
    private static IEnumerable<SandboxRoute> RoutesOf(DriverJoin join)
    {
        IEnumerable<SandboxRoute> waysOut = new[] { (join.ForceGatewayIPv4, IPAddress.Any), (join.ForceGatewayIPv6, IPAddress.IPv6Any) }
            .Where(static way => way.Item1).Select(static way => new SandboxRoute(new Subnet(way.Item2, prefixLength: 0)));
        return join.Routes.Concat(waysOut);
    }

    private static StaticRouteMessage ToMessage(SandboxRoute route) => new()
    {
        Destination = route.Destination.ToString(),
        RouteType = route.NextHop is null ? StaticRouteMessage.Connected : StaticRouteMessage.ByNextHop,
        NextHop = route.NextHop?.ToString() ?? string.Empty,
    };
}
