using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LibNetwork.Plugins.Protocol;

namespace LibNetwork.Drivers.Remote;

internal sealed partial class RemoteNetworkDriver
{
    private const int MaxRoutes = 10_000;
    private const string DefaultPrefix = "eth";

    public async ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        RemoteEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        if (endpoint.Join is { } joined)
        {
            return joined;
        }

        UndoStack undo = new();
        try
        {
            JoinReply reply = await AskAsync(
                PluginVerbs.Join,
                new JoinMessage
                {
                    NetworkId = request.NetworkId.Value,
                    EndpointId = request.EndpointId.Value,
                    SandboxKey = request.NamespacePath,
                    Options = OptionsOf(request.SandboxOptions),
                },
                PluginJson.Default.JoinMessage, PluginJson.Default.JoinReply,
                takeBack: (PluginVerbs.Leave, ReferenceTo(request.NetworkId, request.EndpointId)), undo, cancellationToken).ConfigureAwait(false);
            DriverJoin join = Read(reply);
            endpoint.SandboxOptions = request.SandboxOptions;
            await DescribeAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return endpoint.Join = join;
        }
        catch
        {
            endpoint.SandboxOptions = null;
            await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is { SandboxOptions: not null } endpoint)
        {
            await TakeAwayAsync(PluginVerbs.Leave, ReferenceTo(networkId, endpointId), endpoint.Subject, endpoint.Request.IsRestored, cancellationToken).ConfigureAwait(false);
            endpoint.SandboxOptions = null;
            endpoint.Join = null;
            endpoint.IsWayOut = false;
            endpoint.PublishedPorts = [];
        }
    }

    public async ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RemoteEndpoint endpoint = Find(request.NetworkId, request.EndpointId) ?? throw NetworkException.NotFound($"endpoint \"{request.EndpointId}\"");
        endpoint.SandboxOptions = request.SandboxOptions;
        endpoint.IsWayOut = null;
        endpoint.PublishedPorts = endpoint.Request.PublishedPorts;
        await DescribeAsync(endpoint, cancellationToken).ConfigureAwait(false);
        return true;   // the controller looks for the interface in the sandbox itself
    }

    private static Dictionary<string, JsonElement> OptionsOf(IReadOnlyDictionary<string, string> labels)
        => labels.ToDictionary(static pair => pair.Key, static pair => PluginJson.Element(pair.Value), StringComparer.Ordinal);

    private DriverJoin Read(JoinReply reply)
    {
        InterfaceNameMessage names = reply.InterfaceName ?? new InterfaceNameMessage();
        bool hasInterface = !string.IsNullOrEmpty(names.SrcName);
        if (hasInterface && !InterfaceName.IsValid(names.SrcName))
        {
            throw WrongJoin($"SrcName \"{Quotation.Of(names.SrcName!)}\", which is no interface's name");   // it is not empty
        }

        string prefix = string.IsNullOrEmpty(names.DstPrefix) ? DefaultPrefix : names.DstPrefix;
        if (hasInterface && !InterfaceName.IsValid(prefix + "0"))
        {
            throw WrongJoin($"DstPrefix \"{Quotation.Of(prefix)}\", with which no interface's name can begin");
        }

        return new DriverJoin
        {
            SourceName = hasInterface ? new InterfaceName(names.SrcName!) : null,
            InterfacePrefix = hasInterface ? prefix : null,
            GatewayIPv4 = ReadGateway(reply.Gateway, AddressFamily.InterNetwork),
            GatewayIPv6 = ReadGateway(reply.GatewayIPv6, AddressFamily.InterNetworkV6),
            DisableGatewayService = reply.DisableGatewayService,
            Routes = ReadRoutes(reply.StaticRoutes ?? []),
        };
    }

    private IPAddress? ReadGateway(string? text, AddressFamily family)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family && IsUsable(address)
            ? address
            : throw WrongJoin($"gateway \"{Quotation.Of(text)}\", which is no address of the family");
    }

    private SandboxRoute[] ReadRoutes(IReadOnlyList<StaticRouteMessage> routes)
        => routes.Count <= MaxRoutes ? [.. routes.Select(ReadRoute)] : throw WrongJoin($"{routes.Count} routes, more than {MaxRoutes}");

    private SandboxRoute ReadRoute(StaticRouteMessage? route)
    {
        if (!Subnet.TryParse(route?.Destination, out Subnet destination))
        {
            throw WrongJoin($"a route to \"{Quotation.Of(route?.Destination ?? string.Empty)}\", which is no subnet");
        }

        return route!.RouteType switch   // it has a destination
        {
            StaticRouteMessage.Connected => new SandboxRoute(destination),
            StaticRouteMessage.ByNextHop when IPAddress.TryParse(route.NextHop, out IPAddress? hop) && hop.AddressFamily == destination.Family && IsUsable(hop)
                => new SandboxRoute(destination, hop),
            StaticRouteMessage.ByNextHop => throw WrongJoin($"a route to {destination} by \"{Quotation.Of(route.NextHop ?? string.Empty)}\", which is no router's address"),
            int type => throw WrongJoin($"a route to {destination} of unknown type {type}"),
        };
    }

    private PluginException WrongJoin(string problem) => _plugin.Wrong(PluginVerbs.Join, problem);
}
