using System.Text.Json;
using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

/// <summary>
/// How messages are read and written. Names are read in any case, as Go does it; a name that comes twice is an error, because two readers
/// would take different values.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 32)]
[JsonSerializable(typeof(Reply))]
[JsonSerializable(typeof(ActivateReply))]
[JsonSerializable(typeof(CapabilitiesReply))]
[JsonSerializable(typeof(NetworkMessage))]
[JsonSerializable(typeof(AllocateReply))]
[JsonSerializable(typeof(GatewayNeedsMessage))]
[JsonSerializable(typeof(GatewayNeedsReply))]
[JsonSerializable(typeof(ReferenceMessage))]
[JsonSerializable(typeof(EndpointMessage))]
[JsonSerializable(typeof(EndpointReply))]
[JsonSerializable(typeof(JoinMessage))]
[JsonSerializable(typeof(JoinReply))]
[JsonSerializable(typeof(DescriptionReply))]
[JsonSerializable(typeof(DiscoveryMessage))]
[JsonSerializable(typeof(IpamCapabilitiesReply))]
[JsonSerializable(typeof(AddressSpacesReply))]
[JsonSerializable(typeof(PoolRequestMessage))]
[JsonSerializable(typeof(PoolReply))]
[JsonSerializable(typeof(PoolReferenceMessage))]
[JsonSerializable(typeof(AddressMessage))]
[JsonSerializable(typeof(AddressReply))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<PortMessage>))]
internal sealed partial class PluginJson : JsonSerializerContext
{
    /// <summary>A map of texts, from values of any kind: what is no text is taken as it is written.</summary>
    public static Dictionary<string, string> Texts(IReadOnlyDictionary<string, JsonElement>? values)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((string key, JsonElement value) in values ?? new Dictionary<string, JsonElement>())
        {
            if (value.ValueKind != JsonValueKind.Null)
            {
                texts[key] = value.ValueKind == JsonValueKind.String ? value.GetString() ?? string.Empty : value.GetRawText();
            }
        }

        return texts;
    }

    public static JsonElement Element(bool value) => JsonSerializer.SerializeToElement(value, Default.Boolean);

    public static JsonElement Element(string value) => JsonSerializer.SerializeToElement(value, Default.String);

    public static JsonElement Element(IReadOnlyDictionary<string, string> labels)
        => JsonSerializer.SerializeToElement(labels, Default.IReadOnlyDictionaryStringString);

    public static JsonElement Element(IReadOnlyList<PortMessage> ports) => JsonSerializer.SerializeToElement(ports, Default.IReadOnlyListPortMessage);

    /// <summary>A list of ports in options; empty when there is none.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static IReadOnlyList<PortMessage> Ports(IReadOnlyDictionary<string, JsonElement>? options, string key)
        => options is not null && options.TryGetValue(key, out JsonElement list) && list.ValueKind != JsonValueKind.Null
            ? list.Deserialize(Default.IReadOnlyListPortMessage) ?? []
            : [];
}
