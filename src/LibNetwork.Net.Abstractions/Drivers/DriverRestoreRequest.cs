using System.Collections.ObjectModel;

namespace LibNetwork.Drivers;

/// <summary>An endpoint that an earlier process joined to a sandbox.</summary>
public sealed record DriverRestoreRequest
{
    /// <summary>The network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>The endpoint.</summary>
    public required EndpointId EndpointId { get; init; }

    /// <summary>The sandbox.</summary>
    public required SandboxId SandboxId { get; init; }

    /// <summary>The file that the sandbox's network namespace is pinned to.</summary>
    public required string NamespacePath { get; init; }

    /// <summary>The sandbox's options, by label.</summary>
    public IReadOnlyDictionary<string, string> SandboxOptions { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
