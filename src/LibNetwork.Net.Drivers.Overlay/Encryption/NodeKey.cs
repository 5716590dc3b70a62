using System.Net;
using LibNetwork.Linux.WireGuard;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>A key of a node, and the port at which it listens for it.</summary>
internal sealed record NodeKey(WireGuardKey PublicKey, ushort Port)
{
    /// <summary>The key's address inside the encryption.</summary>
    public IPAddress Address { get; } = TunnelAddress.Of(PublicKey);

    public IPNetwork Network => new(Address, TunnelAddress.PrefixLength);

    public OverlayNodeKey ToPublic() => new() { PublicKey = PublicKey.ToString(), Port = Port };

    /// <summary>Reads a key that was told.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>; its field is a property of <see cref="OverlayNodeKey"/>.</exception>
    public static NodeKey Parse(string subject, OverlayNodeKey told)
    {
        ArgumentNullException.ThrowIfNull(told);
        if (!WireGuardKey.TryParse(told.PublicKey, out WireGuardKey key) || key.IsEmpty)
        {
            throw NetworkException.InvalidArgument(subject, nameof(told.PublicKey), $"\"{told.PublicKey}\" is not 32 bytes in Base64");
        }

        return told.Port is > 0 and <= ushort.MaxValue
            ? new NodeKey(key, (ushort)told.Port)
            : throw NetworkException.InvalidArgument(subject, nameof(told.Port), $"{told.Port} is not 1 to {ushort.MaxValue}");
    }
}
