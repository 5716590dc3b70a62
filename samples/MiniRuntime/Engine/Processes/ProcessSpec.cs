namespace MiniRuntime.Engine.Processes;

/// <summary>A container's first process, and all that it needs but its network.</summary>
internal sealed record ProcessSpec
{
    public required string ContainerId { get; init; }

    /// <summary>The folder that is the container's own: its files (<c>hosts</c>, <c>hostname</c>, <c>resolv.conf</c>), its root, its logs.</summary>
    public required string Folder { get; init; }

    /// <summary>The image's root; the container gets a private writable view of it.</summary>
    public required string ImageRoot { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    public string HostName { get; init; } = string.Empty;

    public bool Terminal { get; init; }

    /// <summary>Whether standard input is open; otherwise the process reads nothing.</summary>
    public bool OpenInput { get; init; }

    /// <summary>Whether the last attached client's end is the end of standard input (docker's <c>StdinOnce</c>); otherwise it never ends.</summary>
    public bool InputEndsWithClients { get; init; } = true;

    public bool Privileged { get; init; }

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    public string? User { get; init; }
}
