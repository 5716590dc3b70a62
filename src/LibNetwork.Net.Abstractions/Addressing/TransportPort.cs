using System.Globalization;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>A port of a protocol, for example <c>80/tcp</c>.</summary>
/// <param name="Number">1 to 65535.</param>
/// <param name="Protocol">The protocol.</param>
public readonly record struct TransportPort(ushort Number, TransportProtocol Protocol)
{
    /// <summary>Parses <c>80/tcp</c>; without a protocol it is TCP.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static TransportPort Parse(string text)
        => TryParse(text, out TransportPort port)
            ? port
            : throw NetworkException.InvalidArgument("port", "Port", $"\"{Printable.Of(text)}\" is not a port from 1 to 65535 with tcp, udp or sctp");

    /// <summary>Parses <c>80/tcp</c>; without a protocol it is TCP.</summary>
    public static bool TryParse(string? text, out TransportPort port)
    {
        port = default;
        string[] parts = (text ?? string.Empty).Split('/');
        if (parts.Length > 2
            || !ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            || number == 0)
        {
            return false;
        }

        TransportProtocol? protocol = parts.Length == 1
            ? TransportProtocol.Tcp
            : parts[1] switch
            {
                "tcp" => TransportProtocol.Tcp,
                "udp" => TransportProtocol.Udp,
                "sctp" => TransportProtocol.Sctp,
                _ => null,
            };
        if (protocol is null)
        {
            return false;
        }

        port = new TransportPort(number, protocol.Value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}/{Protocol.ToString().ToLowerInvariant()}";
}
