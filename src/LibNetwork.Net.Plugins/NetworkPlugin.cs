using System.Collections.Concurrent;
using System.Text.Json;
using LibNetwork.Drivers;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Plugins;

/// <summary>A network driver as a plugin.</summary>
/// <remarks>
/// Docker takes an endpoint's interface from the host's namespace and furnishes it itself. So the driver is told that the host is the sandbox:
/// it makes the interface there, under a name that Docker hears of.
/// </remarks>
internal sealed partial class NetworkPlugin : IDisposable
{
    private const string Networks = "network/";
    private const string Endpoints = "endpoint/";
    private const string Joins = "join/";
    private const string WaysOut = "way-out/";

    private readonly ConcurrentDictionary<EndpointId, PluginEndpoint> _endpoints = new();
    private readonly INetworkDriver _driver;
    private readonly PluginRecords _records;
    private readonly NetworkNamespace _host;
    private readonly string _hostPath;
    private readonly ILogger _logger;

    /// <summary>Makes a plugin of a driver.</summary>
    /// <exception cref="Linux.KernelException">The host's namespace cannot be opened.</exception>
    public NetworkPlugin(INetworkDriver driver, PluginRecords records, string? hostNamespacePath, ILogger logger)
    {
        _driver = driver;
        _records = records;
        _hostPath = hostNamespacePath ?? "/proc/self/ns/net";
        _host = NetworkNamespace.Open(_hostPath);
        _logger = logger;
    }

    public void Dispose() => _host.Dispose();

    public void Map(PluginRoutes routes)
    {
        PluginJson json = PluginJson.Default;
        routes.Map(PluginVerbs.GetCapabilities, json.ReferenceMessage, json.CapabilitiesReply, (_, _) => ValueTask.FromResult(Capabilities()));
        routes.Map(PluginVerbs.CheckGatewayAllocation, json.GatewayNeedsMessage, json.GatewayNeedsReply, CheckGatewaysAsync);
        routes.Map(PluginVerbs.AllocateNetwork, json.NetworkMessage, json.AllocateReply, (_, _) => ValueTask.FromResult(new AllocateReply { Options = new Dictionary<string, string>() }));
        routes.Map(PluginVerbs.FreeNetwork, json.ReferenceMessage, (_, _) => ValueTask.CompletedTask);
        routes.Map(PluginVerbs.CreateNetwork, json.NetworkMessage, CreateNetworkAsync);
        routes.Map(PluginVerbs.DeleteNetwork, json.ReferenceMessage, DeleteNetworkAsync);
        routes.Map(PluginVerbs.CreateEndpoint, json.EndpointMessage, json.EndpointReply, CreateEndpointAsync);
        routes.Map(PluginVerbs.DeleteEndpoint, json.ReferenceMessage, DeleteEndpointAsync);
        routes.Map(PluginVerbs.DescribeEndpoint, json.ReferenceMessage, json.DescriptionReply, (request, _) => ValueTask.FromResult(Describe(request)));
        routes.Map(PluginVerbs.Join, json.JoinMessage, json.JoinReply, JoinAsync);
        routes.Map(PluginVerbs.Leave, json.ReferenceMessage, LeaveAsync);
        routes.Map(PluginVerbs.ProgramExternalConnectivity, json.JoinMessage, ProgramAsync);
        routes.Map(PluginVerbs.RevokeExternalConnectivity, json.ReferenceMessage, RevokeAsync);
        routes.Map(PluginVerbs.DiscoverNew, json.DiscoveryMessage, (request, cancellationToken) => DiscoverAsync(request, isNew: true, cancellationToken));
        routes.Map(PluginVerbs.DiscoverDelete, json.DiscoveryMessage, (request, cancellationToken) => DiscoverAsync(request, isNew: false, cancellationToken));
    }

    private CapabilitiesReply Capabilities() => new()
    {
        Scope = ToText(_driver.Capabilities.DataScope),
        ConnectivityScope = ToText(_driver.Capabilities.ConnectivityScope),
        GwAllocChecker = _driver is IGatewayAllocationDriver,
    };

    private static string ToText(NetworkScope scope) => scope == NetworkScope.Global ? "global" : "local";

    private async ValueTask<GatewayNeedsReply> CheckGatewaysAsync(GatewayNeedsMessage request, CancellationToken cancellationToken)
    {
        (bool skipIPv4, bool skipIPv6) = _driver is IGatewayAllocationDriver needs
            ? await needs.GetGatewayNeedsAsync(
                "that is about to be", RequestReading.IsInternal(request.Options), RequestReading.LabelsOf(request.Options), cancellationToken).ConfigureAwait(false)
            : (false, false);
        return new GatewayNeedsReply { SkipIPv4 = skipIPv4, SkipIPv6 = skipIPv6 };
    }

    private async ValueTask CreateNetworkAsync(NetworkMessage message, CancellationToken cancellationToken)
    {
        DriverNetworkRequest request = message.ToRequest(isRestored: false);
        await _driver.CreateNetworkAsync(request, cancellationToken).ConfigureAwait(false);
        await KeepAsync(
            Networks + request.Id, message, PluginJson.Default.NetworkMessage, () => _driver.DeleteNetworkAsync(request.Id, CancellationToken.None), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask DeleteNetworkAsync(ReferenceMessage message, CancellationToken cancellationToken)
    {
        NetworkId id = new(message.NetworkId ?? string.Empty);
        await _driver.DeleteNetworkAsync(id, cancellationToken).ConfigureAwait(false);
        await _records.DeleteAsync(Networks + id).ConfigureAwait(false);
    }

    private ValueTask DiscoverAsync(DiscoveryMessage message, bool isNew, CancellationToken cancellationToken)
    {
        if (_driver is not INodeDiscoveryDriver driver || message.ToNode() is not { } node)
        {
            return ValueTask.CompletedTask;
        }

        return isNew ? driver.AddNodeAsync(node, cancellationToken) : driver.RemoveNodeAsync(node, cancellationToken);
    }

    /// <summary>Keeps a request that the driver has carried out; when that fails, the driver takes it back.</summary>
    private async ValueTask KeepAsync<T>(
        string key, T message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<ValueTask> takeBack, CancellationToken cancellationToken)
    {
        try
        {
            await _records.PutAsync(key, message, type, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            UndoStack undo = new();
            undo.Push(takeBack);
            undo.Push(() => _records.DeleteAsync(key));   // a write that fails may have happened all the same
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                Log.RollbackIncomplete(_logger, failure, key);
            }

            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RollbackIncomplete, LogLevel.Error, "{Key} could not be kept, and not be taken back.", EventName = nameof(RollbackIncomplete))]
        public static partial void RollbackIncomplete(ILogger logger, Exception exception, string key);

        [LoggerMessage(
            EventIds.Restored, LogLevel.Information, "Driver {Driver} has again what Docker asked an earlier process for: {Networks} networks, {Endpoints} endpoints.",
            EventName = nameof(Restored))]
        public static partial void Restored(ILogger logger, string driver, int networks, int endpoints);

        [LoggerMessage(EventIds.RestoreFailed, LogLevel.Error, "{Subject} of an earlier process cannot be taken up again.", EventName = nameof(RestoreFailed))]
        public static partial void RestoreFailed(ILogger logger, Exception exception, string subject);
    }
}
