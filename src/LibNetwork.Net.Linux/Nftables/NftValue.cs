using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LibNetwork.Linux.Nftables;

/// <summary>One field of a key or of a map's data: up to 16 bytes as they travel to the kernel. Holds no reference and allocates nothing.</summary>
public readonly struct NftValue : IEquatable<NftValue>
{
    /// <summary>The longest value.</summary>
    public const int MaxLength = 16;

    private readonly Bytes _bytes;
    private readonly byte _length;
    private readonly bool _hostOrder;

    private NftValue(ReadOnlySpan<byte> bytes, int length, bool hostOrder)
    {
        bytes.CopyTo(_bytes);
        _length = (byte)length;
        _hostOrder = hostOrder;
    }

    /// <summary>How many bytes it has.</summary>
    public int Length => _length;

    /// <summary>Whether the bytes lie in the machine's own order.</summary>
    internal bool IsHostOrder => _hostOrder;

    internal int PaddedLength => (_length + 3) & ~3;

    /// <summary>An interface's name; 16 bytes.</summary>
    /// <exception cref="ArgumentException">It is empty, longer than 15 bytes, or has a zero byte in it.</exception>
    public static implicit operator NftValue(string interfaceName) => InterfaceName(interfaceName);

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static implicit operator NftValue(IPAddress address) => Address(address);

    /// <summary>A hardware address.</summary>
    public static implicit operator NftValue(PhysicalAddress address) => HardwareAddress(address);

    /// <summary>A hardware address of six bytes.</summary>
    public static implicit operator NftValue(byte[] hardwareAddress) => HardwareAddress(hardwareAddress);

    /// <summary>A port.</summary>
    public static implicit operator NftValue(ushort port) => Port(port);

    /// <summary>A protocol above IP: 6 for TCP, 17 for UDP.</summary>
    public static implicit operator NftValue(byte protocol) => Protocol(protocol);

    /// <summary>An interface's name; 16 bytes.</summary>
    /// <exception cref="ArgumentException">It is empty, longer than 15 bytes, or has a zero byte in it.</exception>
    public static NftValue InterfaceName(string name)
    {
        NftName.CheckInterface(name);
        Span<byte> bytes = stackalloc byte[MaxLength];
        bytes.Clear();
        Encoding.UTF8.GetBytes(name, bytes);
        return new NftValue(bytes, MaxLength, hostOrder: true);
    }

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static NftValue Address(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[MaxLength];
        return address.TryWriteBytes(bytes, out int written)
            ? new NftValue(bytes[..written], written, hostOrder: false)
            : throw new ArgumentException($"{address} does not fit {MaxLength} bytes.", nameof(address));
    }

    /// <summary>A hardware address of six bytes.</summary>
    public static NftValue HardwareAddress(PhysicalAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return HardwareAddress(address.GetAddressBytes());
    }

    /// <summary>A hardware address of six bytes.</summary>
    public static NftValue HardwareAddress(ReadOnlySpan<byte> address)
    {
        const int HardwareAddressLength = 6;
        return address.Length == HardwareAddressLength
            ? new NftValue(address, HardwareAddressLength, hostOrder: false)
            : throw new ArgumentException($"A hardware address has {HardwareAddressLength} bytes, not {address.Length}.", nameof(address));
    }

    /// <summary>A port.</summary>
    public static NftValue Port(ushort port) => BigEndian(port);

    /// <summary>The protocol number of an Ethernet frame.</summary>
    public static NftValue EtherType(ushort etherType) => BigEndian(etherType);

    /// <summary>A protocol above IP: 6 for TCP, 17 for UDP.</summary>
    public static NftValue Protocol(byte protocol) => new([protocol], 1, hostOrder: false);

    /// <summary>A packet or connection mark.</summary>
    public static NftValue Mark(uint mark) => Number(mark);

    /// <summary>A 32-bit number in the machine's order: marks, interface indexes, states, the results of numgen and jhash.</summary>
    public static NftValue Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, value);
        return new NftValue(bytes, sizeof(uint), hostOrder: true);
    }

    /// <summary>Bytes as they travel.</summary>
    /// <exception cref="ArgumentException">None, or more than <see cref="MaxLength"/>.</exception>
    public static NftValue Raw(ReadOnlySpan<byte> bytes) => bytes.Length is > 0 and <= MaxLength
        ? new NftValue(bytes, bytes.Length, hostOrder: false)
        : throw new ArgumentException($"A value has 1 to {MaxLength} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>Copies the bytes.</summary>
    /// <returns>How many.</returns>
    public int CopyTo(Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        bytes[.._length].CopyTo(destination);
        return _length;
    }

    /// <summary>The bytes as a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[_length];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(NftValue other)
    {
        ReadOnlySpan<byte> mine = _bytes;
        ReadOnlySpan<byte> others = other._bytes;
        return mine[.._length].SequenceEqual(others[..other._length]);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NftValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        ReadOnlySpan<byte> bytes = _bytes;
        hash.AddBytes(bytes[.._length]);
        return hash.ToHashCode();
    }

    /// <summary>Whether both have the same bytes.</summary>
    public static bool operator ==(NftValue left, NftValue right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(NftValue left, NftValue right) => !left.Equals(right);

    /// <summary>A guess at what the bytes mean, by their number.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        bytes = bytes[..CopyTo(bytes)];
        return _length switch
        {
            0 => string.Empty,
            1 => bytes[0].ToString(),
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes).ToString(),
            4 when !_hostOrder => new IPAddress(bytes).ToString(),
            4 => $"0x{MemoryMarshal.Read<uint>(bytes):x8}",
            6 => BitConverter.ToString(bytes.ToArray()).Replace('-', ':').ToUpperInvariant(),
            16 when _hostOrder => $"\"{Encoding.UTF8.GetString(bytes.TrimEnd((byte)0))}\"",
            16 => new IPAddress(bytes).ToString(),
            _ => "0x" + Convert.ToHexStringLower(bytes),
        };
    }

    /// <summary>Reads a value of a known type.</summary>
    internal static NftValue Read(ReadOnlySpan<byte> bytes, NftByteOrder order) => new(bytes, bytes.Length, order == NftByteOrder.Host);

    /// <summary>The value behind this one, or <see langword="null"/> when this is the last there is.</summary>
    internal NftValue? Next()
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        int length = CopyTo(bytes);
        for (int i = length - 1; i >= 0; i--)
        {
            if (++bytes[i] != 0)
            {
                return new NftValue(bytes[..length], length, _hostOrder);
            }
        }

        return null;
    }

    /// <summary>All ones.</summary>
    internal static NftValue Last(int length)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        bytes.Fill(byte.MaxValue);
        return Raw(bytes[..length]);
    }

    /// <summary>The value before this one; of all zeros, all ones.</summary>
    internal NftValue Previous()
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        int length = CopyTo(bytes);
        for (int i = length - 1; i >= 0; i--)
        {
            if (bytes[i]-- != 0)
            {
                break;
            }
        }

        return new NftValue(bytes[..length], length, _hostOrder);
    }

    private static NftValue BigEndian(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return new NftValue(bytes, sizeof(ushort), hostOrder: false);
    }

    [InlineArray(MaxLength)]
    private struct Bytes
    {
        private byte _first;
    }
}
