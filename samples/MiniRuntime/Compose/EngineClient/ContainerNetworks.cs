using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A container's places on networks, by the networks' names.</summary>
internal sealed record ContainerNetworks
{
    public IReadOnlyDictionary<string, EndpointSettings>? Networks { get; init; }
}
