using System.Collections.Immutable;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>The addresses of one name, ready to be copied into answers. Immutable.</summary>
internal sealed class NameEntry
{
    public static NameEntry Empty { get; } = new([]);

    private readonly ImmutableArray<(EndpointId Holder, byte[]? IPv4, byte[]? IPv6)> _holders;

    private NameEntry(ImmutableArray<(EndpointId Holder, byte[]? IPv4, byte[]? IPv6)> holders)
    {
        _holders = holders;
        IPv4 = Pack(holders.Select(holder => holder.IPv4));
        IPv6 = Pack(holders.Select(holder => holder.IPv6));
    }

    /// <summary>IPv4 addresses of four bytes each, none twice.</summary>
    public byte[] IPv4 { get; }

    /// <summary>IPv6 addresses of sixteen bytes each, none twice.</summary>
    public byte[] IPv6 { get; }

    public bool IsEmpty => _holders.IsEmpty;

    public NameEntry With(EndpointId holder, EndpointNames names)
        => new(Others(holder).Add((holder, names.IPv4?.GetAddressBytes(), names.IPv6?.GetAddressBytes())));

    public NameEntry Without(EndpointId holder) => new(Others(holder));

    private ImmutableArray<(EndpointId Holder, byte[]? IPv4, byte[]? IPv6)> Others(EndpointId holder)
        => _holders.RemoveAll(entry => entry.Holder == holder);

    private static byte[] Pack(IEnumerable<byte[]?> addresses)
        => [.. addresses.OfType<byte[]>().DistinctBy(Convert.ToHexString).SelectMany(address => address)];
}
