using System.Text.Json.Serialization;

namespace LibNetwork.Cni.Configuration;

/// <summary>A port of the host that leads to one of the container.</summary>
internal sealed record PortMapping
{
    public int HostPort { get; init; }

    public int ContainerPort { get; init; }

    public string Protocol { get; init; } = "tcp";

    [JsonPropertyName("hostIP")]
    public string? HostIP { get; init; }
}
