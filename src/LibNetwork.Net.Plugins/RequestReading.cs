using System.Net;
using System.Text.Json;
using LibNetwork.Drivers;
using LibNetwork.Plugins.Protocol;

namespace LibNetwork.Plugins;

/// <summary>Turns Docker's requests into the model's.</summary>
internal static class RequestReading
{
    private const int ShownId = 12;   // characters of an id that people know an object by

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static DriverNetworkRequest ToRequest(this NetworkMessage message, bool isRestored)
    {
        NetworkId id = new(message.NetworkId ?? string.Empty);
        string name = ShortId(id.Value);
        return new DriverNetworkRequest
        {
            Id = id,
            Name = name,
            EnableIPv4 = message.IPv4Data is { Count: > 0 },
            EnableIPv6 = message.IPv6Data is { Count: > 0 },
            Internal = IsInternal(message.Options),
            Pools = [.. (message.IPv4Data ?? []).Concat(message.IPv6Data ?? []).Select(pool => ToPool(name, pool))],
            Options = LabelsOf(message.Options),
            IsRestored = isRestored,
        };
    }

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static DriverEndpointRequest ToRequest(this EndpointMessage message, bool isRestored)
    {
        EndpointId id = new(message.EndpointId ?? string.Empty);
        string subject = $"endpoint \"{ShortId(id.Value)}\"";
        return new DriverEndpointRequest
        {
            NetworkId = new NetworkId(message.NetworkId ?? string.Empty),
            Id = id,
            Name = ShortId(id.Value),
            MacAddress = string.IsNullOrEmpty(message.Interface?.MacAddress) ? null : MacAddress.Parse(message.Interface.MacAddress),
            IPv4 = ToAddress(message.Interface?.Address),
            IPv6 = ToAddress(message.Interface?.AddressIPv6),
            ExposedPorts = [.. Ports(subject, message.Options, PluginOptions.ExposedPorts, PortMessages.ToBinding).Select(static port => new TransportPort(port.ContainerPorts.First, port.Protocol))],
            PortBindings = Ports(subject, message.Options, PluginOptions.PortMap, PortMessages.ToBinding),
            Options = TextLabels(message.Options),
            IsRestored = isRestored,
        };
    }

    /// <summary>Where an earlier process had an endpoint's ports published.</summary>
    public static IReadOnlyList<PortBinding> PublishedPorts(JoinMessage? way)
        => way is null ? [] : Ports($"endpoint \"{way.EndpointId}\"", way.Options, PluginOptions.PortMap, PortMessages.ToBinding);

    public static (NetworkId Network, EndpointId Endpoint) Ids(string? networkId, string? endpointId)
        => (new NetworkId(networkId ?? string.Empty), new EndpointId(endpointId ?? string.Empty));

    public static bool IsInternal(IReadOnlyDictionary<string, JsonElement>? options)
        => options is not null && options.TryGetValue(NetworkLabels.Internal, out JsonElement value) && IsTrue(value);

    public static bool IsTrue(JsonElement value)
        => value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && bool.TryParse(value.GetString(), out bool said) && said);

    /// <summary>What the user set: a map below the generic key or, where there is none, the options themselves.</summary>
    public static IReadOnlyDictionary<string, string> LabelsOf(IReadOnlyDictionary<string, JsonElement>? options)
    {
        if (options is null || !options.TryGetValue(PluginOptions.Generic, out JsonElement generic))
        {
            return TextLabels(options);
        }

        return generic.ValueKind == JsonValueKind.Object
            ? PluginJson.Texts(generic.EnumerateObject().ToDictionary(static pair => pair.Name, static pair => pair.Value, StringComparer.Ordinal))
            : new Dictionary<string, string>();
    }

    /// <summary>Options that are texts. Docker sends others too, such as ports, and a MAC address as bytes; they are read where they are needed.</summary>
    public static Dictionary<string, string> TextLabels(IReadOnlyDictionary<string, JsonElement>? options)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string label, JsonElement value) in options ?? new Dictionary<string, JsonElement>())
        {
            if (value.ValueKind == JsonValueKind.String && label != NetworkLabels.MacAddress)
            {
                labels[label] = value.GetString() ?? string.Empty;
            }
        }

        return labels;
    }

    /// <summary>A host of the cluster, when the message is about one.</summary>
    public static DiscoveredNode? ToNode(this DiscoveryMessage message)
        => message is { DiscoveryType: DiscoveryMessage.Node, DiscoveryData: { } node } && IPAddress.TryParse(node.Address, out IPAddress? address)
            ? new DiscoveredNode(address) { BindAddress = IPAddress.TryParse(node.BindAddress, out IPAddress? bound) ? bound : null, IsSelf = node.Self }
            : null;

    private static NetworkPool ToPool(string network, PoolMessage message)
    {
        Subnet subnet = Subnet.TryParse(message.Pool, out Subnet parsed)
            ? parsed
            : throw NetworkException.InvalidArgument($"network \"{network}\"", "Pool", $"\"{message.Pool}\" is not a subnet");
        return new NetworkPool
        {
            PoolId = subnet.ToString(),   // the protocol has no id of it here
            Subnet = subnet,
            Gateway = ToAddress(message.Gateway)?.Address,
            Reserved = (message.AuxAddresses ?? new Dictionary<string, string>()).ToDictionary(
                static pair => pair.Key, static pair => InterfaceAddress.Parse(pair.Value).Address, StringComparer.Ordinal),
        };
    }

    private static InterfaceAddress? ToAddress(string? text) => string.IsNullOrEmpty(text) ? null : InterfaceAddress.Parse(text);

    private static TModel[] Ports<TModel>(
        string subject, IReadOnlyDictionary<string, JsonElement>? options, string key, Func<PortMessage, TModel?> convert)
        where TModel : class
        => [.. PortsAt(subject, options, key).Select(message => convert(message) ?? throw NetworkException.InvalidArgument(subject, key, $"has a port that there is not: {message}"))];

    private static IReadOnlyList<PortMessage> PortsAt(string subject, IReadOnlyDictionary<string, JsonElement>? options, string key)
    {
        try
        {
            return PluginJson.Ports(options, key);
        }
        catch (JsonException exception)
        {
            throw NetworkException.InvalidArgument(subject, key, $"is no list of ports: {exception.Message}");
        }
    }

    private static string ShortId(string id) => id[..Math.Min(id.Length, ShownId)];
}
