using System.Collections.ObjectModel;
using System.Text.Json;
using LibNetwork.Plugins.Protocol;

namespace LibNetwork.Drivers.Remote;

/// <content>What a plugin is told of ways out, and tells of endpoints. These verbs are optional: a plugin that does not know one has nothing to do or say.</content>
internal sealed partial class RemoteNetworkDriver
{
    private bool _describes = true;   // until it says that it does not know the verb

    public async ValueTask<IReadOnlyList<PortBinding>> ProgramExternalConnectivityAsync(
        NetworkId networkId, EndpointId endpointId, EndpointId? gatewayIPv4, EndpointId? gatewayIPv6, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { } endpoint)
        {
            return [];
        }

        bool isWayOut = gatewayIPv4 == endpointId || gatewayIPv6 == endpointId;
        if (isWayOut && endpoint.SandboxOptions is null)
        {
            throw NetworkException.Forbidden(endpoint.Subject, "is joined to no sandbox", remedy: "let it join first");
        }

        endpoint.IsWayOut ??= isWayOut;
        if (isWayOut && endpoint.IsWayOut == false)
        {
            await ProgramAsync(endpoint, isAnotherIPv6: gatewayIPv6 is not null && gatewayIPv6 != endpointId, cancellationToken).ConfigureAwait(false);
        }
        else if (!isWayOut && endpoint.IsWayOut == true)
        {
            await RevokeAsync(endpoint, cancellationToken).ConfigureAwait(false);
        }

        return endpoint.PublishedPorts;
    }

    public IReadOnlyDictionary<string, string> GetEndpointDetails(NetworkId networkId, EndpointId endpointId)
        => Find(networkId, endpointId)?.Details ?? ReadOnlyDictionary<string, string>.Empty;

    private async ValueTask ProgramAsync(RemoteEndpoint endpoint, bool isAnotherIPv6, CancellationToken cancellationToken)
    {
        Dictionary<string, JsonElement> options = OptionsOf(endpoint.SandboxOptions!);   // the caller looked
        if (isAnotherIPv6)
        {
            options[PluginOptions.AnotherIPv6Gateway] = PluginJson.Element(value: true);
        }

        options[PluginOptions.ExposedPorts] = PluginJson.Element(PortMessages.Of(endpoint.Request.ExposedPorts));
        options[PluginOptions.PortMap] = PluginJson.Element(PortMessages.Of(endpoint.Request.PortBindings));
        JoinMessage message = new() { NetworkId = endpoint.Request.NetworkId.Value, EndpointId = endpoint.Request.Id.Value, Options = options };
        try
        {
            await _plugin.TryCallAsync(
                PluginVerbs.ProgramExternalConnectivity, message, PluginJson.Default.JoinMessage, PluginJson.Default.Reply, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not PluginException { Outcome: not CallOutcome.Unknown })
        {
            UndoStack undo = new();
            undo.Push(() => RevokeAsync(endpoint, CancellationToken.None));
            await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
            throw;
        }

        endpoint.IsWayOut = true;
        if (endpoint.Request.PortBindings.Count > 0)
        {
            await DescribeAsync(endpoint, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RevokeAsync(RemoteEndpoint endpoint, CancellationToken cancellationToken)
    {
        await _plugin.TryCallAsync(
            PluginVerbs.RevokeExternalConnectivity, ReferenceTo(endpoint.Request.NetworkId, endpoint.Request.Id), PluginJson.Default.ReferenceMessage,
            PluginJson.Default.Reply, cancellationToken).ConfigureAwait(false);
        endpoint.IsWayOut = false;
        endpoint.PublishedPorts = [];
    }

    /// <summary>Asks what there is to know of an endpoint. That is for people: an endpoint works without.</summary>
    private async ValueTask DescribeAsync(RemoteEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (!_describes)
        {
            return;
        }

        try
        {
            DescriptionReply? reply = await _plugin.TryCallAsync(
                PluginVerbs.DescribeEndpoint, ReferenceTo(endpoint.Request.NetworkId, endpoint.Request.Id), PluginJson.Default.ReferenceMessage,
                PluginJson.Default.DescriptionReply, cancellationToken).ConfigureAwait(false);
            _describes = reply is not null;
            endpoint.Details = PluginJson.Texts(reply?.Value);
            ReadPublished(endpoint, reply?.Value);
        }
        catch (PluginException failure)
        {
            Log.DescriptionRefused(_logger, Name, endpoint.Subject, failure.Message);
        }
    }

    private void ReadPublished(RemoteEndpoint endpoint, IReadOnlyDictionary<string, JsonElement>? description)
    {
        try
        {
            IReadOnlyList<PortMessage> messages = PluginJson.Ports(description, PluginOptions.PortMap);
            PortBinding[] bindings = [.. messages.Select(PortMessages.ToBinding).OfType<PortBinding>()];
            if (bindings.Length != messages.Count)
            {
                throw new JsonException("a port has no number, protocol or address that there is");
            }

            endpoint.PublishedPorts = bindings;
        }
        catch (JsonException exception)
        {
            Log.PortMapUnreadable(_logger, Name, endpoint.Subject, Quotation.Of(exception.Message));
        }
    }
}
