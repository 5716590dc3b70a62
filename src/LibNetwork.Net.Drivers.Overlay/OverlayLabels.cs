namespace LibNetwork.Drivers.Overlay;

/// <summary>The option labels of overlay networks, in Docker's spelling where Docker has them.</summary>
public static class OverlayLabels
{
    /// <summary>The VXLAN network identifiers, one for each IPv4 subnet (or IPv6 subnet of a network without IPv4): 1 to 16777215, with commas between.</summary>
    public const string VniList = "com.docker.network.driver.overlay.vxlanid_list";

    /// <summary>
    /// Whether traffic between nodes is encrypted: if the label is there at all. By WireGuard, which the kernel must have; who is on other nodes is
    /// reached only when their keys are told (<see cref="LibNetwork.Overlay.IOverlayKeys"/>). Endpoints have 80 bytes less of each packet.
    /// </summary>
    public const string Encrypted = "encrypted";

    /// <summary>Whether an endpoint may speak only for itself (bool, default true); on a network, or on one endpoint. Ours; Docker has no such label.</summary>
    public const string SourceGuard = "libnetwork.overlay.source_guard";
}
