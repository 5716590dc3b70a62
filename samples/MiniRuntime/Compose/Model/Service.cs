namespace MiniRuntime.Compose.Model;

/// <summary>A service: containers that are alike.</summary>
internal sealed record Service
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    /// <summary><see langword="null"/>: the image's own.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary><see langword="null"/>: the image's own.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>As <c>NAME=value</c>, in order of their names.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string? Hostname { get; init; }

    public string? DomainName { get; init; }

    /// <summary>The name of its only container, in place of one that is made from the project's and the service's.</summary>
    public string? ContainerName { get; init; }

    /// <summary>Its networks, the most important first. Empty when <see cref="NetworkMode"/> is set.</summary>
    public IReadOnlyList<ServiceNetwork> Networks { get; init; } = [];

    /// <summary><c>bridge</c>, <c>host</c>, <c>none</c>, <c>service:NAME</c> or <c>container:NAME</c>.</summary>
    public string? NetworkMode { get; init; }

    public IReadOnlyList<PortMapping> Ports { get; init; } = [];

    /// <summary>Ports that are open to other containers only, as <c>number/protocol</c>.</summary>
    public IReadOnlyList<string> Expose { get; init; } = [];

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>As <c>name:address</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public bool Privileged { get; init; }

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<Dependency> DependsOn { get; init; } = [];

    /// <summary>How many containers; 0 is allowed.</summary>
    public int Replicas { get; init; } = 1;

    public bool Tty { get; init; }

    public bool StdinOpen { get; init; }

    public string? WorkingDir { get; init; }

    public string? User { get; init; }

    public string? StopSignal { get; init; }

    /// <summary>From the stop signal to SIGKILL; <see langword="null"/>: what the engine takes.</summary>
    public TimeSpan? StopGracePeriod { get; init; }
}
