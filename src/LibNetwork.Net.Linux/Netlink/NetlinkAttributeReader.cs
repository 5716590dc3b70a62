using System.Runtime.InteropServices;

namespace LibNetwork.Linux.Netlink;

/// <summary>Walks a run of attributes. A length that is too short or reaches beyond the run is an error; nothing is read past the end.</summary>
public ref struct NetlinkAttributeReader
{
    private const ushort TypeMask = 0x3fff;   // NLA_TYPE_MASK
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads the attributes in <paramref name="bytes"/>.</summary>
    public NetlinkAttributeReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>Reads the next attribute.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns><see langword="false"/> at the end.</returns>
    /// <exception cref="InvalidDataException">A length lies.</exception>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        if (_rest.Length < NetlinkMessageWriter.AttributeHeaderSize)
        {
            attribute = default;
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        ushort type = MemoryMarshal.Read<ushort>(_rest[2..]);
        if (length < NetlinkMessageWriter.AttributeHeaderSize || length > _rest.Length)
        {
            ThrowHelper.ThrowMalformed($"attribute {type & TypeMask} claims {length} of {_rest.Length} bytes");
        }

        attribute = new NetlinkAttribute((ushort)(type & TypeMask), _rest[NetlinkMessageWriter.AttributeHeaderSize..length]);
        int aligned = Math.Min((length + 3) & ~3, _rest.Length);
        _rest = _rest[aligned..];
        return true;
    }
}
