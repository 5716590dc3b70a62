using System.Net;
using System.Net.Sockets;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>A range of addresses that share a prefix, for example <c>10.1.0.0/16</c>. The host part is always zero.</summary>
public readonly record struct Subnet
{
    private readonly UInt128 _base;
    private readonly bool _isIPv6;
    private readonly byte _prefixLength;

    private Subnet(UInt128 bits, AddressFamily family, int prefixLength)
    {
        _isIPv6 = family == AddressFamily.InterNetworkV6;
        _prefixLength = (byte)prefixLength;
        _base = bits & ~AddressBits.HostMask(family, prefixLength);
    }

    /// <summary>Makes a subnet; the host part of <paramref name="address"/> is cut off. An IPv4-mapped address counts as IPv4.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: the prefix is too long for the family.</exception>
    public Subnet(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
            prefixLength -= 96;
        }

        if (prefixLength < 0 || prefixLength > AddressBits.Width(address.AddressFamily))
        {
            throw NetworkException.InvalidArgument("subnet", "PrefixLength", $"/{prefixLength} does not fit {address}");
        }

        this = new Subnet(AddressBits.ToBits(address), address.AddressFamily, prefixLength);
    }

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family => _isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>The length of the shared prefix, in bits.</summary>
    public int PrefixLength => _prefixLength;

    /// <summary>The first address.</summary>
    public IPAddress BaseAddress => AddressBits.ToAddress(_base, Family);

    /// <summary>The last address; in IPv4 the broadcast address, unless the prefix is 31 or 32 bits long.</summary>
    public IPAddress LastAddress => AddressBits.ToAddress(LastBits, Family);

    /// <summary>How many addresses there are, less one: 255 for a <c>/24</c>. (The count of <c>::/0</c> itself does not fit the type.)</summary>
    public UInt128 LastOrdinal => AddressBits.HostMask(Family, _prefixLength);

    private UInt128 LastBits => _base | LastOrdinal;

    /// <summary>Parses <c>10.1.0.0/16</c>; a host part is cut off.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static Subnet Parse(string text)
        => TryParse(text, out Subnet subnet)
            ? subnet
            : throw NetworkException.InvalidArgument("subnet", "Subnet", $"\"{Printable.Of(text)}\" is not an address with a prefix length");

    /// <summary>Parses <c>10.1.0.0/16</c>; a host part is cut off.</summary>
    public static bool TryParse(string? text, out Subnet subnet)
    {
        bool valid = InterfaceAddress.TryParse(text, out InterfaceAddress parsed);
        subnet = valid ? parsed.Subnet : default;
        return valid;
    }

    /// <summary>Whether an address lies in the range.</summary>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == Family && (AddressBits.ToBits(address) & ~LastOrdinal) == _base;
    }

    /// <summary>Whether all of another range lies in this one.</summary>
    public bool Contains(Subnet other)
        => other._isIPv6 == _isIPv6 && other._prefixLength >= _prefixLength && (other._base & ~LastOrdinal) == _base;

    /// <summary>Whether two ranges share an address.</summary>
    public bool Overlaps(Subnet other) => Contains(other) || other.Contains(this);

    /// <summary>The address at a distance from the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Beyond <see cref="LastOrdinal"/>.</exception>
    public IPAddress AddressAt(UInt128 ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ordinal, LastOrdinal);
        return AddressBits.ToAddress(_base + ordinal, Family);
    }

    /// <summary>The distance of an address from the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The address lies outside.</exception>
    public UInt128 OrdinalOf(IPAddress address)
        => Contains(address) ? AddressBits.ToBits(address) - _base : throw new ArgumentOutOfRangeException(nameof(address), $"{address} is not in {this}.");

    /// <summary>The range of the same size that follows, or <see langword="null"/> at the end of the address space.</summary>
    public Subnet? Next()
    {
        UInt128 last = LastBits;
        UInt128 limit = _isIPv6 ? UInt128.MaxValue : uint.MaxValue;
        return last >= limit ? null : new Subnet(last + 1, Family, _prefixLength);
    }

    /// <summary>The first range of <paramref name="prefixLength"/> bits in this one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A shorter prefix than this one's, or one too long for the family.</exception>
    public Subnet FirstOfSize(int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prefixLength, _prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, AddressBits.Width(Family));
        return new Subnet(_base, Family, prefixLength);
    }

    /// <summary>The range as the BCL's type.</summary>
    public IPNetwork ToIPNetwork() => new(BaseAddress, _prefixLength);

    /// <inheritdoc/>
    public override string ToString() => $"{BaseAddress}/{_prefixLength}";
}
