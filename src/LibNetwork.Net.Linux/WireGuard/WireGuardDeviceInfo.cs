namespace LibNetwork.Linux.WireGuard;

/// <summary>A WireGuard link as the kernel describes it, without its private key.</summary>
public sealed record WireGuardDeviceInfo
{
    /// <summary>The link's index.</summary>
    public required int Index { get; init; }

    /// <summary>Its public key; <see langword="null"/> when it has none yet.</summary>
    public WireGuardKey? PublicKey { get; init; }

    /// <summary>The UDP port that it listens at; 0 when it is down and none was chosen.</summary>
    public ushort ListenPort { get; init; }

    /// <summary>Who may speak through it.</summary>
    public IReadOnlyList<WireGuardPeerInfo> Peers { get; init; } = [];
}
