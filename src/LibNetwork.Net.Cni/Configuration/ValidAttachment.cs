using System.Text.Json.Serialization;

namespace LibNetwork.Cni.Configuration;

/// <summary>A container's interface that the runtime still has.</summary>
internal sealed record ValidAttachment
{
    [JsonPropertyName("containerID")]
    public required string ContainerId { get; init; }

    [JsonPropertyName("ifname")]
    public required string InterfaceName { get; init; }
}
