using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

internal sealed record IpamCapabilitiesReply : Reply
{
    [JsonPropertyName("RequiresMACAddress")]
    public bool RequiresMacAddress { get; init; }

    public bool RequiresRequestReplay { get; init; }
}
