using System.Collections.ObjectModel;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>All that is kept of a container: what was asked, and what came of it.</summary>
internal sealed record ContainerRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string ImageId { get; init; }

    public required ContainerConfig Config { get; init; }

    public required HostConfig HostConfig { get; init; }

    /// <summary>The networks that it is to be on, by name, as asked.</summary>
    public required IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; }

    /// <summary>The networks that it is on, by name, with addresses; empty while it does not run.</summary>
    public IReadOnlyDictionary<string, EndpointSettings> Attached { get; init; } = ReadOnlyDictionary<string, EndpointSettings>.Empty;

    /// <summary>Where its ports are reached, as the library writes it; empty while it does not run.</summary>
    public IReadOnlyList<string> Published { get; init; } = [];

    public ContainerStatus Status { get; init; }

    public int ProcessId { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Why it did not start.</summary>
    public string Error { get; init; } = string.Empty;

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string SandboxId { get; init; } = string.Empty;

    public string SandboxKey { get; init; } = string.Empty;

    /// <summary>The networks as the API shows them: with addresses where there are any.</summary>
    public IReadOnlyDictionary<string, EndpointSettings> ShownNetworks()
        => Networks.ToDictionary(network => network.Key, network => Attached.GetValueOrDefault(network.Key, network.Value));
}
