using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>The networks of a container to be made, by their names.</summary>
internal sealed record NetworkingConfig
{
    public required IReadOnlyDictionary<string, EndpointSettings> EndpointsConfig { get; init; }
}
