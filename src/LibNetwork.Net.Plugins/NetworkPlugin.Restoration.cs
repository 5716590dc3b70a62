using LibNetwork.Drivers;
using LibNetwork.Plugins.Protocol;

namespace LibNetwork.Plugins;

internal sealed partial class NetworkPlugin
{
    /// <summary>Takes up what Docker asked an earlier process for. What cannot be taken up is said in the log, stays on record, and can be deleted.</summary>
    public async ValueTask RestoreAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkMessage> networks = await _records.ListAsync(Networks, PluginJson.Default.NetworkMessage, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<EndpointMessage> endpoints = await _records.ListAsync(Endpoints, PluginJson.Default.EndpointMessage, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JoinMessage> joins = await _records.ListAsync(Joins, PluginJson.Default.JoinMessage, cancellationToken).ConfigureAwait(false);
        Dictionary<string, JoinMessage> ways = (await _records.ListAsync(WaysOut, PluginJson.Default.JoinMessage, cancellationToken).ConfigureAwait(false))
            .ToDictionary(static way => way.EndpointId ?? string.Empty, StringComparer.Ordinal);
        bool isComplete = true;
        foreach (NetworkMessage network in networks)
        {
            isComplete &= await TryAsync(
                $"network {network.NetworkId}", () => _driver.CreateNetworkAsync(network.ToRequest(isRestored: true), cancellationToken)).ConfigureAwait(false);
        }

        foreach (EndpointMessage endpoint in endpoints)
        {
            isComplete &= await TryAsync($"endpoint {endpoint.EndpointId}", () => RestoreAsync(endpoint, ways.GetValueOrDefault(endpoint.EndpointId ?? string.Empty), cancellationToken)).ConfigureAwait(false);
        }

        foreach (JoinMessage join in joins)
        {
            isComplete &= await TryAsync($"endpoint {join.EndpointId}", () => RestoreJoinAsync(join, ways.GetValueOrDefault(join.EndpointId ?? string.Empty), cancellationToken)).ConfigureAwait(false);
        }

        if (isComplete && networks.Count > 0 && _driver is ILeftoverDriver cleaner)
        {
            await cleaner.RemoveLeftoversAsync(cancellationToken).ConfigureAwait(false);
        }

        if (networks.Count > 0)
        {
            Log.Restored(_logger, _driver.Name, networks.Count, endpoints.Count);
        }
    }

    private async ValueTask RestoreAsync(EndpointMessage message, JoinMessage? way, CancellationToken cancellationToken)
    {
        DriverEndpointRequest request = message.ToRequest(isRestored: true) with { PublishedPorts = RequestReading.PublishedPorts(way) };
        DriverEndpoint answer = await _driver.CreateEndpointAsync(request, cancellationToken).ConfigureAwait(false);
        _endpoints[request.Id] = new PluginEndpoint(request, answer);
    }

    /// <summary>An endpoint whose interface is gone leaves; Docker finds out by itself.</summary>
    private async ValueTask RestoreJoinAsync(JoinMessage message, JoinMessage? way, CancellationToken cancellationToken)
    {
        (NetworkId network, EndpointId id) = RequestReading.Ids(message.NetworkId, message.EndpointId);
        bool isThere = _driver is IRestorableDriver driver && await driver.RestoreJoinAsync(
            new DriverRestoreRequest
            {
                NetworkId = network,
                EndpointId = id,
                SandboxId = PluginEndpoint.SandboxOf(message.SandboxKey),
                NamespacePath = message.SandboxKey ?? string.Empty,
                SandboxOptions = RequestReading.TextLabels(message.Options),
            },
            cancellationToken).ConfigureAwait(false);
        if (!isThere)
        {
            await _driver.LeaveAsync(network, id, cancellationToken).ConfigureAwait(false);
            await _records.DeleteAsync(KeyOf(Joins, network, id), KeyOf(WaysOut, network, id)).ConfigureAwait(false);
        }
        else if (way is not null && _driver is IExternalConnectivityDriver ways)
        {
            await ProgramAsync(ways, Find(id), way, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryAsync(string subject, Func<ValueTask> step)
    {
        try
        {
            await step().ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.RestoreFailed(_logger, failure, subject);
            return false;
        }
    }
}
