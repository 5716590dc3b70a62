using System.Net;

namespace LibNetwork.Sandboxes;

/// <summary>All that is to be done inside a sandbox for one interface.</summary>
internal sealed record InterfacePlan
{
    /// <summary>The final name.</summary>
    public required string Name { get; init; }

    /// <summary>The interface's name in the host's namespace, when it must be moved in; otherwise it is inside already.</summary>
    public string? MoveFrom { get; init; }

    /// <summary>The MAC address; it is set on an interface that is moved in.</summary>
    public MacAddress? MacAddress { get; init; }

    public InterfaceAddress? IPv4 { get; init; }

    public InterfaceAddress? IPv6 { get; init; }

    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>Whether the interface need not look for duplicates of its link-local address.</summary>
    public bool OwnsSegment { get; init; }

    /// <summary>Kernel parameters as path below <c>/proc/sys</c> and value.</summary>
    public IReadOnlyList<(string Key, string Value)> Sysctls { get; init; } = [];

    public IReadOnlyList<Drivers.SandboxRoute> Routes { get; init; } = [];

    /// <summary>Interfaces of the host that must have carrier before the first packet can pass.</summary>
    public IReadOnlyList<InterfaceName> HostInterfaces { get; init; } = [];
}
