using System.Runtime.InteropServices;

namespace LibNetwork.Linux.Netlink;

/// <summary>Walks the messages of one received datagram; the mirror of <see cref="NetlinkMessageWriter"/>.</summary>
public ref struct NetlinkMessageReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads the messages in <paramref name="datagram"/>.</summary>
    public NetlinkMessageReader(ReadOnlySpan<byte> datagram) => _rest = datagram;

    /// <summary>Reads the next message.</summary>
    /// <returns><see langword="false"/> at the end of the datagram.</returns>
    /// <exception cref="InvalidDataException">A length lies.</exception>
    public bool TryRead(out NetlinkMessage message)
    {
        if (_rest.Length < NetlinkMessageWriter.HeaderSize)
        {
            message = default;
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(_rest);
        ushort type = MemoryMarshal.Read<ushort>(_rest[4..]);
        if (length < NetlinkMessageWriter.HeaderSize || length > (uint)_rest.Length)
        {
            ThrowHelper.ThrowMalformed($"message {type} claims {length} of {_rest.Length} bytes");
        }

        message = new NetlinkMessage(
            type,
            (NetlinkFlags)MemoryMarshal.Read<ushort>(_rest[6..]),
            MemoryMarshal.Read<uint>(_rest[8..]),
            MemoryMarshal.Read<uint>(_rest[12..]),
            _rest[NetlinkMessageWriter.HeaderSize..(int)length]);
        _rest = _rest[(int)Math.Min((length + 3) & ~3u, (uint)_rest.Length)..];
        return true;
    }
}
