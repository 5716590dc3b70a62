using System.Text.Json.Serialization;

namespace LibNetwork.Drivers.Remote;

/// <summary>A file that says where a plugin is.</summary>
internal sealed record PluginFile
{
    public string? Name { get; init; }

    public string? Addr { get; init; }

    [JsonPropertyName("TLSConfig")]
    public PluginTls? Tls { get; init; }
}
