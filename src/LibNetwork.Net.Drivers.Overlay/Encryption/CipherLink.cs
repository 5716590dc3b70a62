using System.Globalization;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>A WireGuard interface of this node: one key, and all other nodes as its peers.</summary>
/// <param name="Number">Counts the keys of the node; the highest is the newest.</param>
/// <param name="Index">The interface's index.</param>
/// <param name="Key">The node's own key.</param>
internal sealed record CipherLink(int Number, int Index, NodeKey Key)
{
    /// <summary>The length of a packet is for the tunnels inside to say, which know the way to their peers.</summary>
    public const uint Mtu = 65535 - 80;

    private const string NamePrefix = "ovkey-";

    /// <summary>The keys of others with which this one has agreed on a session.</summary>
    public HashSet<WireGuardKey> Met { get; } = [];

    public InterfaceName Name => NameOf(Number);

    public static InterfaceName NameOf(int number) => new(string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{number}"), nameof(number));

    /// <summary>Two ports in turn, so that the next key can be there beside the present one.</summary>
    public static ushort PortOf(int number, OverlayDriverOptions options) => (ushort)(options.EncryptionPort + ((number - 1) % 2));

    /// <summary>Reads the number from a name.</summary>
    public static int? NumberOf(string name)
        => name.StartsWith(NamePrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(NamePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
}
