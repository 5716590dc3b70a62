namespace MiniRuntime.Engine.Model;

/// <summary>What a container runs, as the Docker Engine API writes it (<c>Config</c>).</summary>
internal record ContainerConfig
{
    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    public string? User { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    /// <summary>Ports by <c>number/protocol</c>; the values are empty objects.</summary>
    public IReadOnlyDictionary<string, EmptyObject>? ExposedPorts { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public string Image { get; init; } = string.Empty;

    public string? WorkingDir { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>A signal's name or number; the default is SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Seconds from the stop signal to SIGKILL; the default is 10.</summary>
    public int? StopTimeout { get; init; }

    /// <summary>The first network's MAC address, before API 1.44.</summary>
    public string? MacAddress { get; init; }
}
