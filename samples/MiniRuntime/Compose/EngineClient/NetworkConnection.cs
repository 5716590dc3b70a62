using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A container to be connected to a network.</summary>
internal sealed record NetworkConnection
{
    public required string Container { get; init; }

    public required EndpointSettings EndpointConfig { get; init; }
}
