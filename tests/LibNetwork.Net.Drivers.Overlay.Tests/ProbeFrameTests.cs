using System.Buffers.Binary;
using System.Net;

namespace LibNetwork.Drivers.Overlay.Tests;

public sealed class ProbeFrameTests
{
    private static readonly MacAddress From = MacAddress.Parse("02:42:0a:09:01:02"), To = MacAddress.Parse("02:42:0a:09:02:02");

    /// <summary>All words of what is summed, with a whole checksum among them, add up to ones.</summary>
    [Theory]
    [InlineData("10.9.1.2", "10.9.2.2", 26, 8)]
    [InlineData("fd00:9::1:2", "fd00:9::ffff:2", 22, 32)]
    public void A_whole_checksum_adds_up_and_one_that_is_left_to_an_interface_does_after_it_was_filled_in(string source, string destination, int addresses, int addressBytes)
    {
        byte[] whole = Build(source, destination, isSummed: true), begun = Build(source, destination, isSummed: false);
        int start = ProbeFrame.SumStart(IPAddress.Parse(source).AddressFamily);
        Span<byte> place = begun.AsSpan(start + ProbeFrame.ChecksumOffset);
        bool differed = !begun.AsSpan().SequenceEqual(whole);
        BinaryPrimitives.WriteUInt16BigEndian(place, (ushort)~Sum(begun.AsSpan(start)));   // what an interface does

        const int TcpAndLength = 6 + 20;
        Assert.Equal(0xffffu, Fold(Sum(whole.AsSpan(addresses, addressBytes)) + TcpAndLength + Sum(whole.AsSpan(start))));
        Assert.True(differed);
        Assert.Equal(whole, begun);
    }

    [Theory]
    [InlineData("10.9.1.2", "10.9.2.2")]
    [InlineData("fd00:9::1:2", "fd00:9::2:2")]
    public void An_answer_is_told_by_the_port_that_it_is_for(string source, string destination)
    {
        byte[] frame = Build(source, destination, isSummed: true);
        int start = ProbeFrame.SumStart(IPAddress.Parse(source).AddressFamily);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(start + 2), 4711);

        Assert.Equal((ushort)4711, ProbeFrame.ReadAnswer(frame));
        Assert.Null(ProbeFrame.ReadAnswer(frame.AsSpan(0, start + 19)));
        Assert.Null(ProbeFrame.ReadAnswer([]));
    }

    private static byte[] Build(string source, string destination, bool isSummed)
        => ProbeFrame.Build(From, To, IPAddress.Parse(source), IPAddress.Parse(destination), port: 40000, isSummed);

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        return Fold(sum);
    }

    private static uint Fold(uint sum) => sum > 0xffff ? Fold((sum & 0xffff) + (sum >> 16)) : sum;
}
