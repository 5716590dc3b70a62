using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>A subnet as bits, the first bit of the address first, so that both families are alike.</summary>
internal readonly record struct Prefix
{
    private const int Width = 128;

    /// <summary>Makes a prefix; bits behind its length are cut off.</summary>
    public Prefix(UInt128 bits, int length)
    {
        Length = length;
        Bits = bits & ~HostMask(length);
    }

    public UInt128 Bits { get; }

    public int Length { get; }

    public UInt128 LastBits => Bits | HostMask(Length);

    public static Prefix Of(Subnet subnet)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        subnet.BaseAddress.TryWriteBytes(bytes, out _);
        return new Prefix(BinaryPrimitives.ReadUInt128BigEndian(bytes), subnet.PrefixLength);
    }

    public Subnet ToSubnet(AddressFamily family)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new Subnet(new IPAddress(family == AddressFamily.InterNetwork ? bytes[..4] : bytes), Length);
    }

    public bool BitAt(int depth) => (Bits >> (Width - 1 - depth) & 1) != 0;

    public Prefix Half(bool upper) => new(upper ? Bits | UInt128.One << (Width - 1 - Length) : Bits, Length + 1);

    public bool Overlaps(Prefix other) => Bits <= other.LastBits && other.Bits <= LastBits;

    /// <summary>The one of the same size behind it; <see langword="null"/> at the end of all addresses.</summary>
    public Prefix? Next() => LastBits == UInt128.MaxValue ? null : new Prefix(LastBits + 1, Length);

    private static UInt128 HostMask(int length) => length == 0 ? UInt128.MaxValue : (UInt128.One << (Width - length)) - 1;
}
