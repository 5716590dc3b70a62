namespace LibNetwork.Drivers.Macvlan;

/// <summary>An endpoint, and where its interface is.</summary>
internal sealed class MacvlanEndpoint(MacvlanNetwork network, DriverEndpointRequest request, MacAddress macAddress)
{
    public MacvlanNetwork Network => network;

    public string Subject => $"endpoint \"{request.Name}\" on {network.Subject}";

    public MacAddress MacAddress => macAddress;

    public bool HasIPv4 => request.IPv4 is not null;

    public bool HasIPv6 => request.IPv6 is not null;

    /// <summary>The sandbox that it is in, and its namespace; <see langword="null"/> while it is in none.</summary>
    public (SandboxId Id, string NamespacePath)? Sandbox { get; set; }
}
