using LibNetwork.ServiceDiscovery;

namespace LibNetwork;

/// <summary>What <see cref="ISandbox.RefreshAsync"/> changes.</summary>
public sealed record SandboxChange
{
    /// <summary>How the resolver inside works from now on.</summary>
    /// <value>The default, <see langword="null"/>, is as before.</value>
    public SandboxDns? Dns { get; init; }

    /// <summary>Options for the drivers of the networks that it is on, by label.</summary>
    /// <value>The default, <see langword="null"/>, is as before.</value>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
