using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>Ports of a container: which it exposes, and which the user publishes.</summary>
internal static class PublishedPorts
{
    /// <exception cref="EngineException">501: the library publishes no ports yet.</exception>
    public static void RefuseToStart(ContainerRecord container)
    {
        bool any = container.HostConfig.PortBindings is { Count: > 0 }
            || (container.HostConfig.PublishAllPorts && container.Config.ExposedPorts is { Count: > 0 });
        if (any && container.HostConfig.NetworkMode != NetworkMode.Host)
        {
            throw EngineException.NotImplemented("publishing ports is not supported yet");
        }
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
