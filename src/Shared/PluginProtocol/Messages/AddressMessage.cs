using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

/// <summary>An address that is asked for, or given back.</summary>
internal sealed record AddressMessage
{
    [JsonPropertyName("PoolID")]
    public string? PoolId { get; init; }

    /// <summary>Without a prefix length; empty asks for any.</summary>
    public string? Address { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
