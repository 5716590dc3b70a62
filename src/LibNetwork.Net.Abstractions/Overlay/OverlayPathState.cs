namespace LibNetwork.Overlay;

/// <summary>What became of packets on an overlay's way to another node.</summary>
public enum OverlayPathState
{
    /// <summary>They arrived undamaged.</summary>
    Works,

    /// <summary>
    /// Packets arrive whose checksums were computed in software, and those do not whose checksums were left to the interface, as the kernel leaves them: somebody
    /// on the way fills the inner checksum in wrong or not at all. Pings pass; TCP and UDP do not.
    /// </summary>
    ChecksumsBroken,

    /// <summary>Nothing was answered: the node, its endpoint or the way is down, a firewall drops, or the other node does not know this one as a member.</summary>
    NoAnswer,
}
