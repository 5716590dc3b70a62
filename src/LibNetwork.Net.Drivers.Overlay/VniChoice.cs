using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Which VXLAN network identifier a segment gets when the user names none.</summary>
internal static class VniChoice
{
    /// <summary>The least that is chosen; those below are for users.</summary>
    public const uint First = 4096;

    /// <summary>An identifier that follows from the network's id alone unless it is taken: then the next one that is free.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Exhausted"/>: all are taken.</exception>
    public static uint For(NetworkId network, int segment, IReadOnlySet<uint> taken)
    {
        const uint Count = OverlayNetworkOptions.MaxVni - First + 1;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{network.Value} {segment}"));
        uint start = BinaryPrimitives.ReadUInt32BigEndian(hash) % Count;
        for (uint step = 0; step < Count; step++)
        {
            uint vni = First + ((start + step) % Count);
            if (!taken.Contains(vni))
            {
                return vni;
            }
        }

        throw new NetworkException(NetworkErrorKind.Exhausted, $"network {network}", "there is no VXLAN network identifier left");
    }
}
