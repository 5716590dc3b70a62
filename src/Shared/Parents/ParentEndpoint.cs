namespace LibNetwork.Drivers.Parents;

/// <summary>An endpoint, and where its interface is.</summary>
internal sealed class ParentEndpoint(ParentNetwork network, DriverEndpointRequest request, MacAddress? macAddress)
{
    public ParentNetwork Network => network;

    public string Subject => SubjectOf(network, request);

    /// <summary>The hardware address; <see langword="null"/> when its interface has its parent's.</summary>
    public MacAddress? MacAddress => macAddress;

    public InterfaceAddress? IPv4 => request.IPv4;

    public InterfaceAddress? IPv6 => request.IPv6;

    /// <summary>The index of its interface inside the sandbox, where that alone tells it from others.</summary>
    public int? Index { get; set; }

    /// <summary>The sandbox that it is in, and its namespace; <see langword="null"/> while it is in none.</summary>
    public (SandboxId Id, string NamespacePath)? Sandbox { get; set; }

    public static string SubjectOf(ParentNetwork network, DriverEndpointRequest request) => $"endpoint \"{request.Name}\" on {network.Subject}";
}
