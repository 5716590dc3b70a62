using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>A container in a list (<c>docker ps</c>).</summary>
internal sealed record ContainerSummaryMessage
{
    public required string Id { get; init; }

    /// <summary>With a slash in front of each.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Image { get; init; }

    public required string ImageID { get; init; }

    public required string Command { get; init; }

    /// <summary>In seconds since 1970.</summary>
    public required long Created { get; init; }

    public required IReadOnlyList<PortMessage> Ports { get; init; }

    public long? SizeRw { get; init; }

    public long? SizeRootFs { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required string State { get; init; }

    public required string Status { get; init; }

    public required SummaryHostConfig HostConfig { get; init; }

    public required SummaryNetworks NetworkSettings { get; init; }

    public IReadOnlyList<EmptyObject> Mounts { get; init; } = [];

    internal sealed record SummaryHostConfig(string NetworkMode);

    internal sealed record SummaryNetworks(IReadOnlyDictionary<string, EndpointSettings> Networks);
}
