using System.Net;
using System.Net.Sockets;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads addresses and prefixes, which stay the text that they are once they are known to be right.</summary>
internal static class AddressSyntax
{
    public static string? Address(this YamlValue value, AddressFamily? family = null)
    {
        if (value.Text() is not { } text)
        {
            return null;
        }

        if (IPAddress.TryParse(text, out IPAddress? address) && (family is null || address.AddressFamily == family))
        {
            return text;
        }

        string kind = family switch { AddressFamily.InterNetwork => "an IPv4 address", AddressFamily.InterNetworkV6 => "an IPv6 address", _ => "an address" };
        value.Report($"{value.Name} must be {kind}, and is \"{text}\"");
        return null;
    }

    public static string? Prefix(this YamlValue value)
    {
        if (value.Text() is not { } text)
        {
            return null;
        }

        // With host bits set it is still a prefix to the engine, which says what it thinks of that.
        if (text.Split('/') is [var address, var length] && IPAddress.TryParse(address, out IPAddress? parsed)
            && byte.TryParse(length, out byte bits) && bits <= (parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            return text;
        }

        value.Report($"{value.Name} must be a prefix such as 10.1.0.0/24, and is \"{text}\"");
        return null;
    }
}
