using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <summary>What becomes of a network's peers.</summary>
/// <param name="Removed">Those that go.</param>
/// <param name="Added">Those that come.</param>
internal sealed record PeerChange(IReadOnlyList<OverlayPeer> Removed, IReadOnlyList<OverlayPeer> Added)
{
    public bool IsNothing => Removed.Count == 0 && Added.Count == 0;

    /// <summary>The change that takes this one back.</summary>
    public PeerChange Reversed => new(Added, Removed);
}
