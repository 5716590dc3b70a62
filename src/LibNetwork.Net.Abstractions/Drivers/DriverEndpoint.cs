namespace LibNetwork.Drivers;

/// <summary>What a driver settled on for an endpoint. It may set only what the request left open.</summary>
public sealed record DriverEndpoint
{
    /// <summary>The MAC address, when the request had none.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>The IPv4 address, when the request had none.</summary>
    public InterfaceAddress? IPv4 { get; init; }

    /// <summary>The IPv6 address, when the request had none.</summary>
    public InterfaceAddress? IPv6 { get; init; }

    /// <summary>What the interface's name inside a sandbox begins with; a number follows.</summary>
    public string InterfacePrefix { get; init; } = "eth";
}
