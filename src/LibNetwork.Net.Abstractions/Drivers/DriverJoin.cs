using System.Net;

namespace LibNetwork.Drivers;

/// <summary>What a sandbox needs so that a joined endpoint works; the controller carries it out.</summary>
public sealed record DriverJoin
{
    /// <summary>The interface's name now: in the sandbox, or in the host's namespace. <see langword="null"/> for a driver without interfaces.</summary>
    public InterfaceName? SourceName { get; init; }

    /// <summary>
    /// What the name inside the sandbox begins with, when the driver knows only now; not for an interface that is inside already.
    /// <see langword="null"/> leaves it at what the endpoint was made with.
    /// </summary>
    public string? InterfacePrefix { get; init; }

    /// <summary>Whether the interface is inside the sandbox already, under its final name.</summary>
    public bool CreatedInSandbox { get; init; }

    /// <summary>Whether leaving cuts the interface off, on the host's side or inside, and deletes it soon, so that the controller has nothing to do inside the sandbox.</summary>
    public bool IsCutByDriver { get; init; }

    /// <summary>
    /// Whether nothing but the network's endpoints is on the segment, so that the interface need not look for duplicates of its link-local
    /// address: it works at once, and no endpoint is asked.
    /// </summary>
    public bool OwnsSegment { get; init; }

    /// <summary>The IPv4 default gateway.</summary>
    public IPAddress? GatewayIPv4 { get; init; }

    /// <summary>The IPv6 default gateway.</summary>
    public IPAddress? GatewayIPv6 { get; init; }

    /// <summary>The interface itself is an IPv4 way out, without a gateway's address.</summary>
    public bool ForceGatewayIPv4 { get; init; }

    /// <summary>The interface itself is an IPv6 way out, without a gateway's address.</summary>
    public bool ForceGatewayIPv6 { get; init; }

    /// <summary>The endpoint needs no default gateway from another network.</summary>
    public bool DisableGatewayService { get; init; }

    /// <summary>Further routes.</summary>
    public IReadOnlyList<SandboxRoute> Routes { get; init; } = [];

    /// <summary>Interfaces of the host whose carrier must be known before the first packet can pass: the cable's other end, its bridge.</summary>
    public IReadOnlyList<InterfaceName> HostInterfaces { get; init; } = [];
}
