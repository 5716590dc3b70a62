using System.Collections.Concurrent;
using System.Text.Json;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Remote;

/// <summary>A network driver in another process. It keeps its own state: what an earlier process of ours asked for it has already.</summary>
/// <remarks>
/// A call that the plugin refused has done nothing; after one whose outcome is not known, because the plugin fell silent or answered with nonsense,
/// the opposite is called.
/// </remarks>
internal sealed partial class RemoteNetworkDriver
    : INetworkDriver, IRestorableDriver, IExternalConnectivityDriver, IGatewayAllocationDriver, IEndpointDetailsDriver, INodeDiscoveryDriver
{
    private const string LocalScope = "local";
    private const string GlobalScope = "global";

    private readonly ConcurrentDictionary<NetworkId, RemoteNetwork> _networks = new();
    private readonly ConcurrentDictionary<EndpointId, RemoteEndpoint> _endpoints = new();
    private readonly PluginClient _plugin;
    private readonly ILogger _logger;
    private readonly bool _checksGateways;

    private RemoteNetworkDriver(PluginClient plugin, DriverCapabilities capabilities, bool checksGateways, ILogger logger)
    {
        _plugin = plugin;
        Capabilities = capabilities;
        _checksGateways = checksGateways;
        _logger = logger;
    }

    public string Name => _plugin.Name;

    public DriverCapabilities Capabilities { get; }

    private bool IsGlobal => Capabilities.DataScope == NetworkScope.Global;

    /// <summary>Asks an active plugin what it offers.</summary>
    /// <exception cref="PluginException">The call failed, or the answer makes no sense.</exception>
    public static async ValueTask<RemoteNetworkDriver> OpenAsync(PluginClient plugin, ILogger logger, CancellationToken cancellationToken)
    {
        CapabilitiesReply reply = await plugin.TryAskAsync(PluginVerbs.GetCapabilities, PluginJson.Default.CapabilitiesReply, cancellationToken).ConfigureAwait(false)
            ?? new CapabilitiesReply();
        NetworkScope scope = ScopeOf(plugin, reply.Scope, nameof(reply.Scope));
        DriverCapabilities capabilities = new()
        {
            DataScope = scope,
            ConnectivityScope = string.IsNullOrEmpty(reply.ConnectivityScope) ? scope : ScopeOf(plugin, reply.ConnectivityScope, nameof(reply.ConnectivityScope)),
        };
        return new RemoteNetworkDriver(plugin, capabilities, reply.GwAllocChecker, logger);
    }

    public async ValueTask<(bool SkipIPv4, bool SkipIPv6)> GetGatewayNeedsAsync(
        string networkName, bool isInternal, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!_checksGateways)
        {
            return (false, false);
        }

        GatewayNeedsReply reply = await _plugin.CallAsync(
            PluginVerbs.CheckGatewayAllocation, new GatewayNeedsMessage { Options = OptionsOf(options, isInternal, enableIPv6: false) },
            PluginJson.Default.GatewayNeedsMessage, PluginJson.Default.GatewayNeedsReply, cancellationToken).ConfigureAwait(false);
        return (reply.SkipIPv4, reply.SkipIPv6);
    }

    public async ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_networks.ContainsKey(request.Id) && !request.IsRestored)
        {
            UndoStack undo = new();
            try
            {
                await CreateNetworkAsync(request, undo, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await RollBackAsync(undo, $"network \"{request.Name}\"").ConfigureAwait(false);
                throw;
            }
        }

        _networks.TryAdd(request.Id, new RemoteNetwork(request));
    }

    public async ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        if (_networks.TryGetValue(networkId, out RemoteNetwork? network))
        {
            await TakeAwayAsync(
                PluginVerbs.DeleteNetwork, new ReferenceMessage { NetworkId = networkId.Value }, network.Subject, network.Request.IsRestored, cancellationToken).ConfigureAwait(false);
            if (IsGlobal)
            {
                await FreeAsync(networkId, cancellationToken).ConfigureAwait(false);
            }

            _networks.TryRemove(networkId, out _);
        }
    }

    public ValueTask AddNodeAsync(DiscoveredNode node, CancellationToken cancellationToken = default) => TellAsync(PluginVerbs.DiscoverNew, node, cancellationToken);

    public ValueTask RemoveNodeAsync(DiscoveredNode node, CancellationToken cancellationToken = default) => TellAsync(PluginVerbs.DiscoverDelete, node, cancellationToken);

    private static NetworkScope ScopeOf(PluginClient plugin, string? text, string field) => text switch
    {
        LocalScope => NetworkScope.Local,
        GlobalScope => NetworkScope.Global,
        _ => throw plugin.Wrong(PluginVerbs.GetCapabilities, $"{field} \"{Quotation.Of(text ?? string.Empty)}\", which is neither {LocalScope} nor {GlobalScope}"),
    };

    private async ValueTask CreateNetworkAsync(DriverNetworkRequest request, UndoStack undo, CancellationToken cancellationToken)
    {
        Dictionary<string, string> labels = new(request.Options, StringComparer.Ordinal);
        if (IsGlobal)
        {
            undo.Push(() => FreeAsync(request.Id, CancellationToken.None));
            AllocateReply? allocated = await _plugin.TryCallAsync(
                PluginVerbs.AllocateNetwork, MessageFor(request, labels), PluginJson.Default.NetworkMessage, PluginJson.Default.AllocateReply, cancellationToken)
                .ConfigureAwait(false);
            foreach ((string label, string value) in allocated?.Options ?? new Dictionary<string, string>())
            {
                labels[label] = value;
            }
        }

        await AskAsync(
            PluginVerbs.CreateNetwork, MessageFor(request, labels), PluginJson.Default.NetworkMessage, PluginJson.Default.Reply,
            takeBack: (PluginVerbs.DeleteNetwork, new ReferenceMessage { NetworkId = request.Id.Value }), undo, cancellationToken).ConfigureAwait(false);
    }

    private NetworkMessage MessageFor(DriverNetworkRequest request, IReadOnlyDictionary<string, string> labels) => new()
    {
        NetworkId = request.Id.Value,
        Options = OptionsOf(labels, request.Internal, request.EnableIPv6),
        IPv4Data = PoolsOf(request, isIPv6: false),
        IPv6Data = PoolsOf(request, isIPv6: true),
    };

    private static Dictionary<string, JsonElement> OptionsOf(IReadOnlyDictionary<string, string> labels, bool isInternal, bool enableIPv6)
    {
        Dictionary<string, JsonElement> options = new(StringComparer.Ordinal)
        {
            [PluginOptions.Generic] = PluginJson.Element(labels),
            [NetworkLabels.EnableIPv6] = PluginJson.Element(enableIPv6),
        };
        if (isInternal)
        {
            options[NetworkLabels.Internal] = PluginJson.Element(isInternal);
        }

        return options;
    }

    private PoolMessage[] PoolsOf(DriverNetworkRequest request, bool isIPv6)
        => [.. request.Pools.Where(pool => pool.Subnet.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 == isIPv6).Select(pool => new PoolMessage
        {
            AddressSpace = IsGlobal ? "GlobalDefault" : "LocalDefault",
            Pool = pool.Subnet.ToString(),
            Gateway = pool.Gateway is { } gateway ? new InterfaceAddress(gateway, pool.Subnet.PrefixLength).ToString() : null,
            AuxAddresses = pool.Reserved.Count == 0
                ? null
                : pool.Reserved.ToDictionary(static pair => pair.Key, pair => new InterfaceAddress(pair.Value, pool.Subnet.PrefixLength).ToString(), StringComparer.Ordinal),
        })];

    private async ValueTask FreeAsync(NetworkId networkId, CancellationToken cancellationToken)
        => await _plugin.TryCallAsync(
            PluginVerbs.FreeNetwork, new ReferenceMessage { NetworkId = networkId.Value }, PluginJson.Default.ReferenceMessage, PluginJson.Default.Reply, cancellationToken)
            .ConfigureAwait(false);

    private async ValueTask TellAsync(string verb, DiscoveredNode node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        DiscoveryMessage message = new()
        {
            DiscoveryType = DiscoveryMessage.Node,
            DiscoveryData = new NodeMessage { Address = node.Address.ToString(), BindAddress = node.BindAddress?.ToString() ?? string.Empty, Self = node.IsSelf },
        };
        await _plugin.TryCallAsync(verb, message, PluginJson.Default.DiscoveryMessage, PluginJson.Default.Reply, cancellationToken).ConfigureAwait(false);
    }
}
