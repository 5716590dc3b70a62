using System.Buffers.Binary;

namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>Writes the answer to a message that could not be read as a question: its header alone.</summary>
internal static class DnsErrorReply
{
    /// <returns>The length of the answer.</returns>
    public static int Write(ReadOnlySpan<byte> message, Span<byte> reply, DnsResponseCode code)
    {
        reply[..DnsWire.HeaderBytes].Clear();
        message[..DnsWire.FlagsOffset].CopyTo(reply);
        ushort kept = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message[DnsWire.FlagsOffset..]) & (DnsWire.OpcodeMask | DnsWire.FlagRecursionDesired));
        BinaryPrimitives.WriteUInt16BigEndian(reply[DnsWire.FlagsOffset..], (ushort)(kept | DnsWire.FlagResponse | (int)code));
        return DnsWire.HeaderBytes;
    }
}
