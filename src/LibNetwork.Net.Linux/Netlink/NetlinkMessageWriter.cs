using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace LibNetwork.Linux.Netlink;

/// <summary>Writes one netlink message into a caller-owned buffer. Never allocates.</summary>
/// <remarks>
/// Netlink is host-endian and 4-byte aligned; fields in network order (addresses, ports, all of nftables) have their own
/// <c>BigEndian</c> writers. A full buffer and a payload over the format's 16-bit length throw <see cref="InvalidOperationException"/>.
/// </remarks>
public ref struct NetlinkMessageWriter
{
    /// <summary>Bytes of <c>struct nlmsghdr</c>.</summary>
    public const int HeaderSize = 16;

    /// <summary>Bytes of <c>struct nlattr</c>.</summary>
    public const int AttributeHeaderSize = 4;

    private const ushort NestedFlag = 0x8000;   // NLA_F_NESTED

    private readonly Span<byte> _buffer;
    private int _position;

    /// <summary>Starts a message.</summary>
    /// <param name="buffer">Where it goes; the message may not grow beyond it.</param>
    /// <param name="type">The message type.</param>
    /// <param name="flags">The header flags; <see cref="NetlinkFlags.Request"/> is not implied.</param>
    /// <param name="sequence">The number that the answer will carry.</param>
    public NetlinkMessageWriter(Span<byte> buffer, ushort type, NetlinkFlags flags, uint sequence)
    {
        if (buffer.Length < HeaderSize)
        {
            ThrowHelper.ThrowBufferTooSmall(HeaderSize, buffer.Length);
        }

        _buffer = buffer;
        _position = HeaderSize;
        MemoryMarshal.Write(buffer, 0u);
        MemoryMarshal.Write(buffer[4..], type);
        MemoryMarshal.Write(buffer[6..], (ushort)flags);
        MemoryMarshal.Write(buffer[8..], sequence);
        MemoryMarshal.Write(buffer[12..], 0u);   // port id: the kernel fills it in
    }

    /// <summary>Appends the family header (for example <c>struct ifinfomsg</c>), zeroed, and returns it to be filled.</summary>
    public Span<byte> WriteFamilyHeader(int size)
    {
        int start = _position;
        Advance(Align(size));
        Span<byte> header = _buffer[start.._position];
        header.Clear();
        return header[..size];
    }

    /// <summary>Appends an attribute without payload.</summary>
    public void WriteFlag(ushort type) => Reserve(type, 0);

    /// <summary>Appends a byte.</summary>
    public void WriteAttribute(ushort type, byte value) => Reserve(type, sizeof(byte))[0] = value;

    /// <summary>Appends a 16-bit number in host order.</summary>
    public void WriteAttribute(ushort type, ushort value) => MemoryMarshal.Write(Reserve(type, sizeof(ushort)), value);

    /// <summary>Appends a 32-bit number in host order.</summary>
    public void WriteAttribute(ushort type, uint value) => MemoryMarshal.Write(Reserve(type, sizeof(uint)), value);

    /// <summary>Appends a 32-bit number in host order.</summary>
    public void WriteAttribute(ushort type, int value) => MemoryMarshal.Write(Reserve(type, sizeof(int)), value);

    /// <summary>Appends a 64-bit number in host order.</summary>
    public void WriteAttribute(ushort type, ulong value) => MemoryMarshal.Write(Reserve(type, sizeof(ulong)), value);

    /// <summary>Appends raw bytes.</summary>
    public void WriteAttribute(ushort type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Reserve(type, value.Length));

    /// <summary>Appends a 16-bit number in network order.</summary>
    public void WriteAttributeBigEndian(ushort type, ushort value)
        => BinaryPrimitives.WriteUInt16BigEndian(Reserve(type, sizeof(ushort)), value);

    /// <summary>Appends a 32-bit number in network order.</summary>
    public void WriteAttributeBigEndian(ushort type, uint value)
        => BinaryPrimitives.WriteUInt32BigEndian(Reserve(type, sizeof(uint)), value);

    /// <summary>Appends a 64-bit number in network order.</summary>
    public void WriteAttributeBigEndian(ushort type, ulong value)
        => BinaryPrimitives.WriteUInt64BigEndian(Reserve(type, sizeof(ulong)), value);

    /// <summary>Appends text as UTF-8 with the closing zero byte that the kernel expects.</summary>
    public void WriteString(ushort type, scoped ReadOnlySpan<char> value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Span<byte> text = Reserve(type, length + 1);
        Encoding.UTF8.GetBytes(value, text);
        text[length] = 0;
    }

    /// <summary>Opens a nested attribute and returns the token that <see cref="EndNested"/> needs to patch its length.</summary>
    public NestedStart BeginNested(ushort type)
    {
        NestedStart start = new(_position);
        _ = Reserve((ushort)(type | NestedFlag), 0);
        return start;
    }

    /// <summary>Closes a nested attribute.</summary>
    public readonly void EndNested(NestedStart start)
    {
        int length = _position - start.Offset;
        if (length > ushort.MaxValue)
        {
            ThrowHelper.ThrowAttributeTooLong(length);
        }

        MemoryMarshal.Write(_buffer[start.Offset..], (ushort)length);
    }

    /// <summary>How many bytes have been written so far.</summary>
    public readonly int Length => _position;

    /// <summary>Patches the total length and returns the finished message.</summary>
    public readonly ReadOnlySpan<byte> Complete()
    {
        MemoryMarshal.Write(_buffer, (uint)_position);
        return _buffer[.._position];
    }

    private static int Align(int length) => (length + 3) & ~3;

    private Span<byte> Reserve(ushort type, int payload)
    {
        int length = AttributeHeaderSize + payload;
        if (length > ushort.MaxValue)
        {
            ThrowHelper.ThrowAttributeTooLong(length);
        }

        int start = _position;
        Advance(Align(length));
        MemoryMarshal.Write(_buffer[start..], (ushort)length);
        MemoryMarshal.Write(_buffer[(start + 2)..], type);
        _buffer[(start + length).._position].Clear();
        return _buffer.Slice(start + AttributeHeaderSize, payload);
    }

    private void Advance(int bytes)
    {
        int next = _position + bytes;
        if (next > _buffer.Length)
        {
            ThrowHelper.ThrowBufferTooSmall(next, _buffer.Length);
        }

        _position = next;
    }
}
