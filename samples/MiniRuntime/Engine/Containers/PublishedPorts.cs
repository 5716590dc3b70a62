using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>Ports of a container: which it exposes, and which the user publishes.</summary>
internal static class PublishedPorts
{
    /// <summary>What a user should know who publishes ports: they are not, as with dockerd in the host's own network.</summary>
    public static IReadOnlyList<string> Warnings(ContainerConfig config, HostConfig hostConfig)
    {
        bool any = hostConfig.PortBindings is { Count: > 0 } || (hostConfig.PublishAllPorts && config.ExposedPorts is { Count: > 0 });
        return !any ? []
            : hostConfig.NetworkMode == NetworkMode.Host ? ["Published ports are discarded when using host network mode"]
            : ["Publishing ports is not supported yet: published ports are discarded"];
    }

    /// <summary>The ports of a running container, each with where it is published, which is nowhere yet.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Of(ContainerRecord container)
        => container.Status == ContainerStatus.Running
            ? Exposed(container).ToDictionary(port => port, _ => (IReadOnlyList<PortBinding>?)null)
            : [];

    /// <summary>The ports that the container says it listens on: <c>80/tcp</c>.</summary>
    public static IEnumerable<string> Exposed(ContainerRecord container)
        => (container.Config.ExposedPorts?.Keys ?? []).Concat(container.HostConfig.PortBindings?.Keys ?? []).Distinct().Order(StringComparer.Ordinal);
}
