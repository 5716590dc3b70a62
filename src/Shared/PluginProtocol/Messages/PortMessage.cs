using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

internal sealed record PortMessage
{
    public int Proto { get; init; }

    [JsonPropertyName("IP")]
    public string? Address { get; init; }

    public int Port { get; init; }

    [JsonPropertyName("HostIP")]
    public string? HostAddress { get; init; }

    public int HostPort { get; init; }

    public int HostPortEnd { get; init; }
}
