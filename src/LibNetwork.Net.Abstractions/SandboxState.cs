using LibNetwork.ServiceDiscovery;

namespace LibNetwork;

/// <summary>A sandbox as it is, at one moment.</summary>
public sealed record SandboxState
{
    /// <summary>The id.</summary>
    public required SandboxId Id { get; init; }

    /// <summary>The container's id.</summary>
    public required string ContainerId { get; init; }

    /// <summary>The file that the network namespace is pinned to (Docker's sandbox key).</summary>
    public required string NamespacePath { get; init; }

    /// <summary>Whether it is the host's own network.</summary>
    public bool UsesHostNamespace { get; init; }

    /// <summary>Whether the namespace was made by somebody else and outlives the sandbox.</summary>
    public bool UsesGivenNamespace { get; init; }

    /// <summary>The joined endpoints, in order of preference as gateway.</summary>
    public IReadOnlyList<EndpointId> Endpoints { get; init; } = [];

    /// <summary>The endpoint that holds the IPv4 default route.</summary>
    public EndpointId? GatewayIPv4 { get; init; }

    /// <summary>The endpoint that holds the IPv6 default route.</summary>
    public EndpointId? GatewayIPv6 { get; init; }

    /// <summary>How its resolver works.</summary>
    public SandboxDns Dns { get; init; } = new();
}
