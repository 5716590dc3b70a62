using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>An address as an interface carries it, with the length of its subnet's prefix: <c>10.1.0.5/16</c>.</summary>
public readonly record struct InterfaceAddress
{
    private readonly IPAddress? _address;

    /// <summary>Makes an address with its prefix length.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: the prefix is too long for the family.</exception>
    public InterfaceAddress(IPAddress address, int prefixLength)
    {
        Subnet = new Subnet(address, prefixLength);
        _address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>The address.</summary>
    public IPAddress Address => _address ?? IPAddress.Any;

    /// <summary>The subnet that it is in.</summary>
    public Subnet Subnet { get; }

    /// <summary>The length of the subnet's prefix, in bits.</summary>
    public int PrefixLength => Subnet.PrefixLength;

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family => Address.AddressFamily;

    /// <summary>Parses <c>10.1.0.5/16</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static InterfaceAddress Parse(string text)
        => TryParse(text, out InterfaceAddress address)
            ? address
            : throw NetworkException.InvalidArgument("address", "Address", $"\"{Printable.Of(text)}\" is not an address with a prefix length");

    /// <summary>Parses <c>10.1.0.5/16</c>.</summary>
    public static bool TryParse(string? text, out InterfaceAddress address)
    {
        address = default;
        int slash = text?.IndexOf('/') ?? -1;
        if (text is null || slash < 0
            || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? parsed)
            || !IsCanonicalIPv4(parsed, text.AsSpan(0, slash))
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefixLength))
        {
            return false;
        }

        int least = parsed.IsIPv4MappedToIPv6 ? 96 : 0;
        if (prefixLength < least || prefixLength > AddressBits.Width(parsed.AddressFamily))
        {
            return false;
        }

        address = new InterfaceAddress(parsed, prefixLength);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength}";

    // IPAddress.TryParse also takes "10" and "0x0a.1"; in a subnet these are typing errors.
    private static bool IsCanonicalIPv4(IPAddress address, ReadOnlySpan<char> text)
        => address.AddressFamily != AddressFamily.InterNetwork || text.Equals(address.ToString(), StringComparison.Ordinal);
}
