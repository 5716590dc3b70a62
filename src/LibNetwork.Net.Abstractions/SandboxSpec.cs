using System.Collections.ObjectModel;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork;

/// <summary>What is asked of <see cref="INetworkController.CreateSandboxAsync"/>.</summary>
public sealed record SandboxSpec
{
    /// <summary>The container's id; one sandbox each.</summary>
    public required string ContainerId { get; init; }

    /// <summary>Whether the container lives in the host's own network. All such sandboxes share the host's namespace.</summary>
    public bool UseHostNamespace { get; init; }

    /// <summary>A network namespace that somebody else made, as <c>/proc/PID/ns/net</c> or the file that it is pinned to.</summary>
    /// <value>
    /// <see langword="null"/>: the library makes one, and removes it with the sandbox. A namespace that is given outlives the sandbox: only what
    /// the sandbox put into it is taken out again. It must be no other sandbox's, nor the host's.
    /// </value>
    public string? NamespacePath { get; init; }

    /// <summary>How the resolver inside works; without effect in the host's own network.</summary>
    public SandboxDns Dns { get; init; } = new();

    /// <summary>Options for the drivers of the networks that it joins, by label.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
