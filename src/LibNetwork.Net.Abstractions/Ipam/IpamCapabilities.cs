namespace LibNetwork.Ipam;

/// <summary>What an IPAM driver needs from the controller.</summary>
public sealed record IpamCapabilities
{
    /// <summary>Wants the endpoint's MAC address with each request, under <see cref="NetworkLabels.MacAddress"/>.</summary>
    public bool RequiresMacAddress { get; init; }

    /// <summary>Forgets when the process ends: pools and addresses are requested again at start.</summary>
    public bool RequiresReplay { get; init; }
}
