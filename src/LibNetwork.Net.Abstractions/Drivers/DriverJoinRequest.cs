using System.Collections.ObjectModel;

namespace LibNetwork.Drivers;

/// <summary>An endpoint that joins a sandbox.</summary>
public sealed record DriverJoinRequest
{
    /// <summary>The network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>The endpoint.</summary>
    public required EndpointId EndpointId { get; init; }

    /// <summary>The sandbox.</summary>
    public required SandboxId SandboxId { get; init; }

    /// <summary>The file that the sandbox's network namespace is pinned to.</summary>
    public required string NamespacePath { get; init; }

    /// <summary>The descriptor of the sandbox's network namespace, valid during the call.</summary>
    public required int NamespaceDescriptor { get; init; }

    /// <summary>What the interface is to be called inside the sandbox.</summary>
    public required InterfaceName InterfaceName { get; init; }

    /// <summary>The sandbox's options, by label.</summary>
    public IReadOnlyDictionary<string, string> SandboxOptions { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
