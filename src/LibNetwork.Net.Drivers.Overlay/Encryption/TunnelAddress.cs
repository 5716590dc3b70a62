using System.Net;
using System.Security.Cryptography;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>The address of a key inside the encryption: it follows from the key, so nobody gives addresses out and nobody can have another's.</summary>
internal static class TunnelAddress
{
    public const int PrefixLength = 128;

    // A unique local prefix (RFC 4193) of this library: "libnet" and a zero byte.
    private static ReadOnlySpan<byte> Prefix => [0xfd, (byte)'l', (byte)'i', (byte)'b', (byte)'n', (byte)'e', (byte)'t', 0];

    public static IPAddress Of(WireGuardKey key)
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Size], address = stackalloc byte[16], hash = stackalloc byte[SHA256.HashSizeInBytes];
        key.CopyTo(bytes);
        SHA256.HashData(bytes, hash);
        Prefix.CopyTo(address);
        hash[..(address.Length - Prefix.Length)].CopyTo(address[Prefix.Length..]);
        return new IPAddress(address);
    }
}
