using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.Plan;

/// <summary>A container that must be there.</summary>
internal sealed record PlannedContainer
{
    public required string Service { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }

    public required ContainerConfig Config { get; init; }

    public required HostConfig HostConfig { get; init; }

    /// <summary>Its networks by name, the most important first.</summary>
    public required IReadOnlyList<(string Network, EndpointSettings Endpoint)> Endpoints { get; init; }

    /// <summary>The name of the container whose network it shares.</summary>
    public string? SharesNetworkOf { get; init; }

    /// <summary>The names of the containers that must have ended well before this one is started.</summary>
    public IReadOnlyList<string> WaitsForEndOf { get; init; } = [];

    /// <summary>Changes with anything that the file says about it.</summary>
    public required string Hash { get; init; }
}
