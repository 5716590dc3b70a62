namespace LibNetwork.Drivers.Bridge;

/// <summary>The note on the host's end of an endpoint's cable.</summary>
internal static class EndpointMark
{
    public static string Of(BridgeEndpoint endpoint) => CableMark.Of(
        KernelMarks.EndpointPrefix,
        new DriverEndpointRequest
        {
            NetworkId = endpoint.Network.Id,
            Id = endpoint.Id,
            Name = endpoint.Name,
            MacAddress = endpoint.MacAddress,
            IPv4 = endpoint.IPv4,
            IPv6 = endpoint.IPv6,
            Egress = endpoint.Egress,
        },
        endpoint.IsGuarded == endpoint.Network.Options.SourceGuard ? null : endpoint.IsGuarded);

    /// <summary>Reads a mark.</summary>
    /// <returns>The endpoint as it would be asked for, or <see langword="null"/> when the mark does not say so much.</returns>
    public static DriverEndpointRequest? Read(string mark, NetworkId network) => CableMark.Read(KernelMarks.EndpointPrefix, mark, network, BridgeLabels.SourceGuard);
}
