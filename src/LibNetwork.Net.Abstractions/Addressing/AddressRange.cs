using System.Net;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>Neighbouring addresses, from a first to a last, for example what a DHCP server hands out: <c>192.168.1.100-192.168.1.199</c>.</summary>
public readonly record struct AddressRange
{
    private readonly IPAddress? _first;
    private readonly IPAddress? _last;

    /// <summary>Makes a range.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: two families, or the last before the first.</exception>
    public AddressRange(IPAddress first, IPAddress last)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(last);
        if (first.AddressFamily != last.AddressFamily || AddressBits.ToBits(first) > AddressBits.ToBits(last))
        {
            throw NetworkException.InvalidArgument("address range", nameof(Last), $"{last} is not behind {first}");
        }

        _first = first;
        _last = last;
    }

    /// <summary>The first address.</summary>
    public IPAddress First => _first ?? IPAddress.Any;

    /// <summary>The last address; it belongs to the range.</summary>
    public IPAddress Last => _last ?? IPAddress.Any;

    /// <summary>Parses <c>10.1.0.10-10.1.0.20</c>, <c>10.1.0.16/28</c> or a single address.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static AddressRange Parse(string text)
        => TryParse(text, out AddressRange range)
            ? range
            : throw NetworkException.InvalidArgument("address range", "Range", $"\"{Printable.Of(text)}\" is not a range of addresses");

    /// <summary>Parses <c>10.1.0.10-10.1.0.20</c>, <c>10.1.0.16/28</c> or a single address.</summary>
    public static bool TryParse(string? text, out AddressRange range)
    {
        range = default;
        if (Subnet.TryParse(text, out Subnet subnet))
        {
            range = new AddressRange(subnet.BaseAddress, subnet.LastAddress);
            return true;
        }

        string[] ends = text?.Split('-') ?? [];
        if (ends.Length is not (1 or 2) || !IPAddress.TryParse(ends[0], out IPAddress? first) || !IPAddress.TryParse(ends[^1], out IPAddress? last)
            || first.AddressFamily != last.AddressFamily || AddressBits.ToBits(first) > AddressBits.ToBits(last))
        {
            return false;
        }

        range = new AddressRange(first, last);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => First.Equals(Last) ? $"{First}" : $"{First}-{Last}";
}
