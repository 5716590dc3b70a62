using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LibNetwork.Plugins.Protocol;

namespace LibNetwork.Drivers.Remote;

internal sealed partial class RemoteNetworkDriver
{
    public async ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_networks.TryGetValue(request.NetworkId, out RemoteNetwork? network))
        {
            throw NetworkException.NotFound($"network \"{request.NetworkId}\"");
        }

        if (_endpoints.TryGetValue(request.Id, out RemoteEndpoint? known))
        {
            return known.Answer;
        }

        DriverEndpoint answer = request.IsRestored ? new DriverEndpoint() : await AskForEndpointAsync(network, request, cancellationToken).ConfigureAwait(false);
        _endpoints[request.Id] = new RemoteEndpoint(request, answer);
        return answer;
    }

    public async ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is { } endpoint)
        {
            await LeaveAsync(networkId, endpointId, cancellationToken).ConfigureAwait(false);
            await TakeAwayAsync(
                PluginVerbs.DeleteEndpoint, ReferenceTo(networkId, endpointId), endpoint.Subject, endpoint.Request.IsRestored, cancellationToken).ConfigureAwait(false);
            _endpoints.TryRemove(endpointId, out _);
        }
    }

    private RemoteEndpoint? Find(NetworkId networkId, EndpointId endpointId)
        => _endpoints.TryGetValue(endpointId, out RemoteEndpoint? endpoint) && endpoint.Request.NetworkId == networkId ? endpoint : null;

    private static ReferenceMessage ReferenceTo(NetworkId networkId, EndpointId endpointId) => new() { NetworkId = networkId.Value, EndpointId = endpointId.Value };

    private async ValueTask<DriverEndpoint> AskForEndpointAsync(RemoteNetwork network, DriverEndpointRequest request, CancellationToken cancellationToken)
    {
        EndpointMessage message = new()
        {
            NetworkId = request.NetworkId.Value,
            EndpointId = request.Id.Value,
            Interface = new AddressesMessage
            {
                Address = request.IPv4?.ToString() ?? string.Empty,
                AddressIPv6 = request.IPv6?.ToString() ?? string.Empty,
                MacAddress = request.MacAddress?.ToString() ?? string.Empty,
            },
            Options = OptionsOf(request),
        };
        UndoStack undo = new();
        try
        {
            EndpointReply reply = await AskAsync(
                PluginVerbs.CreateEndpoint, message, PluginJson.Default.EndpointMessage, PluginJson.Default.EndpointReply,
                takeBack: (PluginVerbs.DeleteEndpoint, ReferenceTo(request.NetworkId, request.Id)), undo, cancellationToken).ConfigureAwait(false);
            AddressesMessage given = reply.Interface ?? new AddressesMessage();
            return new DriverEndpoint
            {
                MacAddress = ReadMac(given.MacAddress, request.MacAddress),
                IPv4 = ReadAddress(network, given.Address, request.IPv4, AddressFamily.InterNetwork),
                IPv6 = ReadAddress(network, given.AddressIPv6, request.IPv6, AddressFamily.InterNetworkV6),
            };
        }
        catch
        {
            await RollBackAsync(undo, $"endpoint \"{request.Name}\"").ConfigureAwait(false);
            throw;
        }
    }

    private static Dictionary<string, JsonElement> OptionsOf(DriverEndpointRequest request)
    {
        Dictionary<string, JsonElement> options = new(StringComparer.Ordinal);
        foreach ((string label, string value) in request.Options)
        {
            options[label] = PluginJson.Element(value);
        }

        if (request.MacAddress is { } mac)
        {
            options[NetworkLabels.MacAddress] = PluginJson.Element(mac.ToString());
        }

        options[PluginOptions.ExposedPorts] = PluginJson.Element(PortMessages.Of(request.ExposedPorts));
        options[PluginOptions.PortMap] = PluginJson.Element(PortMessages.Of(request.PortBindings));
        return options;
    }

    private MacAddress? ReadMac(string? text, MacAddress? wanted)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        ThrowIfGiven(text, wanted?.ToString(), "MAC address");
        return MacAddress.TryParse(text, out MacAddress address) && address.IsUnicast
            ? address
            : throw WrongEndpoint($"\"{Quotation.Of(text)}\", which is no MAC address of one interface");
    }

    private InterfaceAddress? ReadAddress(RemoteNetwork network, string? text, InterfaceAddress? wanted, AddressFamily family)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        ThrowIfGiven(text, wanted?.ToString(), "address");
        if (!InterfaceAddress.TryParse(text, out InterfaceAddress address) || address.Family != family || !IsUsable(address.Address))
        {
            throw WrongEndpoint($"\"{Quotation.Of(text)}\", which is no address of one interface with a prefix length");
        }

        Subnet[] pools = [.. network.Request.Pools.Select(static pool => pool.Subnet).Where(pool => pool.Family == family)];
        return pools.Length == 0 || pools.Any(pool => pool.Contains(address.Address))
            ? address
            : throw WrongEndpoint($"{address}, which is in no pool of {network.Subject}");
    }

    private static bool IsUsable(IPAddress address)
        => !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast
            && !Multicast.Contains(address);

    /// <summary>Multicast, reserved and broadcast.</summary>
    private static Subnet Multicast { get; } = Subnet.Parse("224.0.0.0/3");

    private void ThrowIfGiven(string text, string? wanted, string what)
    {
        if (wanted is not null)
        {
            throw WrongEndpoint($"{what} \"{Quotation.Of(text)}\" although {wanted} was given");
        }
    }

    private PluginException WrongEndpoint(string problem) => _plugin.Wrong(PluginVerbs.CreateEndpoint, problem);
}
