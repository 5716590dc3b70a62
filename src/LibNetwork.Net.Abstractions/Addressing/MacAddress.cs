using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>The hardware address of an Ethernet interface.</summary>
public readonly record struct MacAddress
{
    private const int Length = 6;
    private const ulong MulticastBit = 1UL << 40;
    private const ulong LocalBit = 1UL << 41;

    private readonly ulong _bits;

    private MacAddress(ulong bits) => _bits = bits;

    /// <summary>Reads six bytes.</summary>
    /// <exception cref="ArgumentException">Not six bytes.</exception>
    public MacAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A MAC address has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bits = ((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
    }

    /// <summary>Whether it may be an interface's own address: not multicast and not all zero.</summary>
    public bool IsUnicast => (_bits & MulticastBit) == 0 && _bits != 0;

    /// <summary>Makes a random, locally administered, unicast address.</summary>
    public static MacAddress NewRandom()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Random.Shared.NextBytes(bytes);
        return new MacAddress((new MacAddress(bytes)._bits & ~MulticastBit) | LocalBit);
    }

    /// <summary>
    /// The address that always goes with an IP address: <c>02:42</c> and the four bytes of IPv4, or <c>02</c> and five bytes of IPv6's SHA-256.
    /// Whoever knows the one is right about the other also when another endpoint has them, so neighbours need not be told.
    /// </summary>
    public static MacAddress Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        const int IPv4Length = 4, IPv6Length = 16;
        const byte Local = 0x02, DockersOwn = 0x42;   // as Docker's users know them
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Local;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[1] = DockersOwn;
            address.TryWriteBytes(bytes[(Length - IPv4Length)..], out _);
        }
        else
        {
            Span<byte> whole = stackalloc byte[IPv6Length], hash = stackalloc byte[SHA256.HashSizeInBytes];
            address.TryWriteBytes(whole, out _);
            SHA256.HashData(whole, hash);
            hash[..(Length - 1)].CopyTo(bytes[1..]);
        }

        return new MacAddress(bytes);
    }

    /// <summary>Parses <c>02:42:ac:11:00:02</c>, also with dashes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="field">The property or label that the text came in, for the error.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>, naming <paramref name="field"/>.</exception>
    public static MacAddress Parse(string text, string field = "MacAddress")
        => TryParse(text, out MacAddress address)
            ? address
            : throw NetworkException.InvalidArgument("MAC address", field, $"\"{Printable.Of(text)}\" is not six hexadecimal bytes");

    /// <summary>Parses <c>02:42:ac:11:00:02</c>, also with dashes.</summary>
    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        if (text?.Length != (Length * 3) - 1 || !PhysicalAddress.TryParse(text.ToUpperInvariant(), out PhysicalAddress? parsed))
        {
            return false;
        }

        address = new MacAddress(parsed.GetAddressBytes());
        return true;
    }

    /// <summary>The address as the BCL's type.</summary>
    public PhysicalAddress ToPhysicalAddress()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return new PhysicalAddress(bytes);
    }

    /// <summary>The IPv6 link-local address that an interface with this address gives itself (modified EUI-64, RFC 4291 appendix A).</summary>
    public IPAddress ToLinkLocalAddress()
    {
        const byte UniversalBit = 0x02;
        Span<byte> mac = stackalloc byte[Length];
        CopyTo(mac);
        return new IPAddress([
            0xfe, 0x80, 0, 0, 0, 0, 0, 0,
            (byte)(mac[0] ^ UniversalBit), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]]);
    }

    /// <summary>Writes the six bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(_bits >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)_bits);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return $"{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}:{bytes[4]:x2}:{bytes[5]:x2}";
    }
}
