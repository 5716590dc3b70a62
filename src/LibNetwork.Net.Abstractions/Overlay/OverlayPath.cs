using System.Net;

namespace LibNetwork.Overlay;

/// <summary>The way from this node to another, as packets of one network found it.</summary>
public sealed record OverlayPath
{
    /// <summary>The address that the other node advertises.</summary>
    public required IPAddress NodeAddress { get; init; }

    /// <summary>The endpoint there that was sent to.</summary>
    public required OverlayPeer Peer { get; init; }

    /// <summary>What became of the packets.</summary>
    public required OverlayPathState State { get; init; }

    /// <summary>What helps; <see langword="null"/> when all arrived.</summary>
    public string? Remedy { get; init; }
}
