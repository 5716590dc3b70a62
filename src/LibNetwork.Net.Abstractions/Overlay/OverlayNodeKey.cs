namespace LibNetwork.Overlay;

/// <summary>A key by which the encrypted traffic of a node is known to others.</summary>
public sealed record OverlayNodeKey
{
    /// <summary>The public key of WireGuard: 32 bytes as 44 characters of Base64. No secret.</summary>
    public required string PublicKey { get; init; }

    /// <summary>The UDP port of the node at which traffic for the key is awaited, 1 to 65535.</summary>
    public required int Port { get; init; }
}
