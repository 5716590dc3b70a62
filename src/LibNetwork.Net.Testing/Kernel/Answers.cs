using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Testing.Kernel;

/// <summary>What waits to be read on one socket.</summary>
internal sealed class Answers
{
    private const int LargestMessage = 64 * 1024;

    private readonly Queue<byte[]> _waiting = new();
    private readonly byte[] _buffer = new byte[LargestMessage];

    public void Add(ushort type, uint sequence, bool isPart, MessageBody body)
    {
        NetlinkMessageWriter writer = new(_buffer, type, isPart ? NetlinkFlags.Multi : NetlinkFlags.None, sequence);
        body(ref writer);
        _waiting.Enqueue(writer.Complete().ToArray());
    }

    public void AddDone(uint sequence)
        => Add(WireConstants.NLMSG_DONE, sequence, isPart: true, static (ref writer) => writer.WriteFamilyHeader(sizeof(int)));

    /// <summary>Acknowledges a request, with 0 or an error.</summary>
    public void AddAcknowledgement(in NetlinkMessage request, int errno)
    {
        const int HeaderOffset = sizeof(int), TypeOffset = HeaderOffset + 4, SequenceOffset = HeaderOffset + 8, Size = HeaderOffset + NetlinkMessageWriter.HeaderSize;
        (ushort type, uint sequence) = (request.Type, request.Sequence);
        Add(WireConstants.NLMSG_ERROR, sequence, isPart: false, (ref writer) =>
        {
            Span<byte> error = writer.WriteFamilyHeader(Size);
            MemoryMarshal.Write(error, -errno);
            MemoryMarshal.Write(error[HeaderOffset..], NetlinkMessageWriter.HeaderSize);
            MemoryMarshal.Write(error[TypeOffset..], type);
            MemoryMarshal.Write(error[SequenceOffset..], sequence);
        });
    }

    /// <returns>How many bytes were read; 0 when nothing waits.</returns>
    public int Read(Span<byte> buffer)
    {
        if (!_waiting.TryDequeue(out byte[]? message))
        {
            return 0;
        }

        message.CopyTo(buffer);
        return message.Length;
    }
}
