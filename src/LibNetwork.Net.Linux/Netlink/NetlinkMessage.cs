namespace LibNetwork.Linux.Netlink;

/// <summary>One received message: its header fields and the bytes behind the header.</summary>
public readonly ref struct NetlinkMessage
{
    internal NetlinkMessage(ushort type, NetlinkFlags flags, uint sequence, uint port, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Flags = flags;
        Sequence = sequence;
        Port = port;
        Payload = payload;
    }

    /// <summary>The message type.</summary>
    public ushort Type { get; }

    /// <summary>The header flags.</summary>
    public NetlinkFlags Flags { get; }

    /// <summary>The number of the request that this answers; 0 in a notification.</summary>
    public uint Sequence { get; }

    /// <summary>The port number of the socket that asked for it, or, in a notification of nftables, that made the change; 0 when the kernel does not say.</summary>
    public uint Port { get; }

    /// <summary>Family header and attributes.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Skips a family header of <paramref name="familyHeaderSize"/> bytes and reads the attributes behind it.</summary>
    /// <exception cref="InvalidDataException">The message is shorter than its family header.</exception>
    public NetlinkAttributeReader Attributes(int familyHeaderSize)
    {
        int aligned = (familyHeaderSize + 3) & ~3;
        if (Payload.Length < aligned)
        {
            ThrowHelper.ThrowMalformed($"message {Type} has {Payload.Length} bytes, less than its header of {aligned}");
        }

        return new NetlinkAttributeReader(Payload[aligned..]);
    }
}
