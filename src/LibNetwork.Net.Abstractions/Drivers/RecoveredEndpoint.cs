namespace LibNetwork.Drivers;

/// <summary>A joined endpoint that a driver read from the kernel.</summary>
public sealed record RecoveredEndpoint
{
    /// <summary>The endpoint, as it would be asked for.</summary>
    public required DriverEndpointRequest Request { get; init; }

    /// <summary>What the join needed. The controller fills in the interface's name.</summary>
    public required DriverJoin Join { get; init; }

    /// <summary>What interfaces inside are called, before the number.</summary>
    public required string InterfacePrefix { get; init; }

    /// <summary>The number by which the host's namespace knows the sandbox's.</summary>
    public required int NamespaceId { get; init; }

    /// <summary>The index of the interface inside.</summary>
    public required int InterfaceIndex { get; init; }
}
