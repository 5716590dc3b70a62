using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace LibNetwork.Linux.Netlink;

/// <summary>One attribute of a received message. Reading a number from a payload that is too short is an error, never an over-read.</summary>
public readonly ref struct NetlinkAttribute
{
    internal NetlinkAttribute(ushort type, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Payload = payload;
    }

    /// <summary>The attribute's type, without the nested and byte-order flags.</summary>
    public ushort Type { get; }

    /// <summary>The bytes of the value.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The value as a byte.</summary>
    public byte AsByte() => Checked(1)[0];

    /// <summary>The value as a 16-bit number in host order.</summary>
    public ushort AsUInt16() => MemoryMarshal.Read<ushort>(Checked(2));

    /// <summary>The value as a 32-bit number in host order.</summary>
    public uint AsUInt32() => MemoryMarshal.Read<uint>(Checked(4));

    /// <summary>The value as a signed 32-bit number in host order.</summary>
    public int AsInt32() => MemoryMarshal.Read<int>(Checked(4));

    /// <summary>The value as a 64-bit number in host order.</summary>
    public ulong AsUInt64() => MemoryMarshal.Read<ulong>(Checked(8));

    /// <summary>The value as a 16-bit number in network order.</summary>
    public ushort AsUInt16BigEndian() => BinaryPrimitives.ReadUInt16BigEndian(Checked(2));

    /// <summary>The value as a 32-bit number in network order.</summary>
    public uint AsUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Checked(4));

    /// <summary>The value as a 64-bit number in network order.</summary>
    public ulong AsUInt64BigEndian() => BinaryPrimitives.ReadUInt64BigEndian(Checked(8));

    /// <summary>The value as text, up to its first zero byte.</summary>
    public string AsString()
    {
        int end = Payload.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Payload : Payload[..end]);
    }

    /// <summary>Reads the attributes nested in this one.</summary>
    public NetlinkAttributeReader Nested() => new(Payload);

    private ReadOnlySpan<byte> Checked(int size)
    {
        if (Payload.Length < size)
        {
            ThrowHelper.ThrowMalformed($"attribute {Type} has {Payload.Length} bytes, not {size}");
        }

        return Payload;
    }
}
