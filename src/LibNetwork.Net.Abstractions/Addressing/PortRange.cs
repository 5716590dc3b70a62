using System.Globalization;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>Consecutive ports, both ends included; often just one.</summary>
public readonly record struct PortRange
{
    /// <summary>Makes a range.</summary>
    /// <param name="first">The lowest port, from 1.</param>
    /// <param name="last">The highest port, not below <paramref name="first"/>.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: that is no range.</exception>
    public PortRange(ushort first, ushort last)
    {
        if (first == 0 || last < first)
        {
            throw NetworkException.InvalidArgument("port range", "Port", $"{first}-{last} is not a range from 1 to 65535");
        }

        First = first;
        Last = last;
    }

    /// <summary>A range of one port.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: it is 0.</exception>
    public PortRange(ushort port)
        : this(port, port)
    {
    }

    /// <summary>The lowest port.</summary>
    public ushort First { get; }

    /// <summary>The highest port.</summary>
    public ushort Last { get; }

    /// <summary>How many ports there are.</summary>
    public int Count => Last - First + 1;

    /// <summary>Whether a port is one of them.</summary>
    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>Whether a port is in both.</summary>
    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    /// <summary>Parses <c>80</c> or <c>8000-8080</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static PortRange Parse(string text)
        => TryParse(text, out PortRange range)
            ? range
            : throw NetworkException.InvalidArgument("port range", "Port", $"\"{Printable.Of(text)}\" is not a port or a range from 1 to 65535");

    /// <summary>Parses <c>80</c> or <c>8000-8080</c>.</summary>
    public static bool TryParse(string? text, out PortRange range)
    {
        range = default;
        string[] ends = (text ?? string.Empty).Split('-');
        if (ends.Length > 2
            || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || first == 0
            || last < first)
        {
            return false;
        }

        range = new PortRange(first, last);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
