namespace LibNetwork.Linux.Nftables;

/// <summary>The type of a key or of a map's data. The kernel knows only lengths; the number tells the <c>nft</c> program how to print them.</summary>
public sealed class NftDataType
{
    private const int TypeBits = 6;
    private const uint TypeMask = (1 << TypeBits) - 1;

    private static readonly NftDataType[] Known = [];

    static NftDataType() => Known =
    [
        NfProto, Number, IPv4Address, IPv6Address, EtherAddress, EtherType, InetProtocol, InetService, Mark, IfIndex,
        CtState, FibAddressType, IfName,
    ];

    private NftDataType(string name, uint id, int size, NftByteOrder byteOrder)
    {
        Name = name;
        Id = id;
        Size = size;
        ByteOrder = byteOrder;
    }

    /// <summary>The protocol family of a packet; 1 byte.</summary>
    public static NftDataType NfProto { get; } = new("nf_proto", 2, 1, NftByteOrder.Host);

    /// <summary>A number as numgen and jhash make it; 4 bytes.</summary>
    public static NftDataType Number { get; } = new("integer", 4, 4, NftByteOrder.Host);

    /// <summary>An IPv4 address; 4 bytes.</summary>
    public static NftDataType IPv4Address { get; } = new("ipv4_addr", 7, 4, NftByteOrder.BigEndian);

    /// <summary>An IPv6 address; 16 bytes.</summary>
    public static NftDataType IPv6Address { get; } = new("ipv6_addr", 8, 16, NftByteOrder.BigEndian);

    /// <summary>A hardware address; 6 bytes.</summary>
    public static NftDataType EtherAddress { get; } = new("ether_addr", 9, 6, NftByteOrder.BigEndian);

    /// <summary>The protocol number of an Ethernet frame; 2 bytes.</summary>
    public static NftDataType EtherType { get; } = new("ether_type", 10, 2, NftByteOrder.BigEndian);

    /// <summary>A protocol above IP; 1 byte.</summary>
    public static NftDataType InetProtocol { get; } = new("inet_proto", 12, 1, NftByteOrder.BigEndian);

    /// <summary>A port; 2 bytes.</summary>
    public static NftDataType InetService { get; } = new("inet_service", 13, 2, NftByteOrder.BigEndian);

    /// <summary>A packet or connection mark; 4 bytes.</summary>
    public static NftDataType Mark { get; } = new("mark", 19, 4, NftByteOrder.Host);

    /// <summary>An interface by index; 4 bytes. Printed as the name that has the index at that moment.</summary>
    public static NftDataType IfIndex { get; } = new("iface_index", 20, 4, NftByteOrder.Host);

    /// <summary>A set of <see cref="NftCtState"/>; 4 bytes.</summary>
    public static NftDataType CtState { get; } = new("ct_state", 26, 4, NftByteOrder.Host);

    /// <summary>A kind of address (<see cref="NftAddressType"/>); 4 bytes.</summary>
    public static NftDataType FibAddressType { get; } = new("fib_addrtype", 38, 4, NftByteOrder.Host);

    /// <summary>An interface by name; 16 bytes, filled up with zeros.</summary>
    public static NftDataType IfName { get; } = new("ifname", 41, 16, NftByteOrder.Host);

    /// <summary>The name that <c>nft</c> prints.</summary>
    public string Name { get; }

    /// <summary>The number that <c>nft</c> knows it by.</summary>
    public uint Id { get; }

    /// <summary>Bytes of a value that stands alone; inside a concatenation it is padded to a multiple of four.</summary>
    public int Size { get; }

    /// <summary>How its bytes lie.</summary>
    public NftByteOrder ByteOrder { get; }

    internal int PaddedSize => (Size + 3) & ~3;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The number of one type or of a concatenation, the last type in the lowest six bits.</summary>
    internal static uint Combine(IReadOnlyList<NftDataType> types)
    {
        uint id = 0;
        for (int i = 0; i < types.Count; i++)
        {
            id = (id << TypeBits) | types[i].Id;
        }

        return id;
    }

    internal static int TotalSize(IReadOnlyList<NftDataType> types)
    {
        if (types.Count == 1)
        {
            return types[0].Size;
        }

        int size = 0;
        for (int i = 0; i < types.Count; i++)
        {
            size += types[i].PaddedSize;
        }

        return size;
    }

    /// <summary>Takes a combined number apart; an empty list when a part is not known here or the lengths do not add up.</summary>
    internal static IReadOnlyList<NftDataType> Split(uint combined, int totalSize)
    {
        List<NftDataType> types = [];
        for (uint rest = combined; rest != 0; rest >>= TypeBits)
        {
            NftDataType? type = Array.Find(Known, known => known.Id == (rest & TypeMask));
            if (type is null)
            {
                return [];
            }

            types.Insert(0, type);
        }

        return TotalSize(types) == totalSize ? types : [];
    }
}
