using System.Text.Json;

namespace MiniRuntime.Engine.Model;

/// <summary>What a container asks of its host, as the Docker Engine API writes it (<c>HostConfig</c>).</summary>
internal sealed record HostConfig
{
    /// <summary><c>default</c>, <c>bridge</c>, <c>host</c>, <c>none</c>, <c>container:ID</c> or a network's name or id.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Where ports of the container are published, by <c>number/protocol</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? PortBindings { get; init; }

    public bool PublishAllPorts { get; init; }

    /// <summary>Lines of <c>/etc/hosts</c>, as <c>name:address</c>.</summary>
    public IReadOnlyList<string>? ExtraHosts { get; init; }

    public IReadOnlyList<string>? Dns { get; init; }

    public IReadOnlyList<string>? DnsSearch { get; init; }

    public IReadOnlyList<string>? DnsOptions { get; init; }

    public IReadOnlyList<string>? Links { get; init; }

    /// <summary>Folders of the host; none are taken.</summary>
    public IReadOnlyList<string>? Binds { get; init; }

    /// <summary>Volumes and folders of the host; none are taken.</summary>
    public IReadOnlyList<JsonElement>? Mounts { get; init; }

    public bool Privileged { get; init; }

    public IReadOnlyList<string>? CapAdd { get; init; }

    public IReadOnlyList<string>? CapDrop { get; init; }

    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Whether the container is removed when it ends.</summary>
    public bool AutoRemove { get; init; }

    public RestartPolicy? RestartPolicy { get; init; }
}
