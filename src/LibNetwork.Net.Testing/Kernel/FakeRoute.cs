using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Testing.Kernel;

/// <summary>A route of a namespace.</summary>
internal sealed record FakeRoute
{
    public required IPNetwork Destination { get; init; }

    public required uint Table { get; init; }

    public byte Protocol { get; init; }

    public byte Scope { get; init; }

    public byte Type { get; init; } = WireConstants.RTN_UNICAST;

    public IPAddress? Gateway { get; init; }

    public FakeLink? Output { get; init; }

    public uint Metric { get; init; }

    public IPAddress? Source { get; init; }

    public byte Family => Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? WireConstants.AF_INET : WireConstants.AF_INET6;

    /// <summary>Whether another one would stand in the same place.</summary>
    public bool HasPlaceOf(FakeRoute other) => Destination.Equals(other.Destination) && Table == other.Table && Metric == other.Metric;

    /// <summary>The network that an address is in.</summary>
    public static IPNetwork Masked(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }
}
