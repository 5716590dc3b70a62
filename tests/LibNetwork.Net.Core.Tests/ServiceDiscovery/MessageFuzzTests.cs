using CsCheck;
using LibNetwork.ServiceDiscovery;
using LibNetwork.ServiceDiscovery.Dns;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.TestSupport;

namespace LibNetwork.Core.Tests.ServiceDiscovery;

/// <summary>Whatever bytes come, reading them ends, and nothing is thrown.</summary>
public sealed class MessageFuzzTests
{
    private const int Rounds = 1_000_000;

    private static readonly byte[] Query = DnsText.Query("db.front.example", DnsRecordType.A, edns: 1232);
    private static readonly byte[] Reply = DnsText.Reply(
        Query, 0, ("db.front.example", DnsRecordType.Cname, DnsText.Name("x.example")), ("x.example", DnsRecordType.A, [192, 0, 2, 1]));

    [Fact]
    public void A_million_messages_are_read_and_each_comes_to_an_end()
    {
        // Half of them are valid ones with some bytes changed: pure noise seldom gets beyond the header.
        NetworkNames names = new("front");
        names.Put(EndpointId.New(), new EndpointNames(["db"], System.Net.IPAddress.Loopback, null, new Dictionary<string, TransportPort>()));
        SandboxView view = new() { Networks = [new ViewNetwork(names, ViewNetwork.NoLinks)] };
        Responder responder = new(0, 4096);
        byte[] answer = new byte[65535], buffer = new byte[600];
        PCG random = new(4711);
        int answered = 0, accepted = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Span<byte> message = Make(random, buffer, round % 2 == 0 ? Query : Reply);
            answered += responder.Answer(view, message, (round & 4) == 0, answer, out int length) == Disposition.Answered ? 1 : 0;
            Assert.InRange(length, 0, answer.Length);
            accepted += DnsReplyCheck.IsAnswer(Query, Query.Length - DnsWire.OptRecordBytes, message) ? 1 : 0;
            if (message.Length >= DnsWire.HeaderBytes)
            {
                _ = DnsReplyCheck.AddressesOf(message, DnsWire.HeaderBytes);
                _ = DnsNameReader.Print(message[DnsWire.HeaderBytes..]);
            }
        }

        Assert.InRange(answered, Rounds / 10, Rounds);
        Assert.InRange(accepted, Rounds / 1000, Rounds / 2);   // so the mutations reach the inside of both readers
    }

    [Fact]
    public void Pointers_that_go_in_circles_or_forward_are_no_names()
    {
        byte[] message = [1, (byte)'a', 0xc0, 0, 0xc0, 2, 0xc0, 8, 1, (byte)'b', 0];
        Span<byte> target = stackalloc byte[255];

        Assert.Equal(-1, DnsNameReader.Unpack(message, 2, target));   // to the name that it ends
        Assert.Equal(-1, DnsNameReader.Unpack(message, 4, target));   // to one that does
        Assert.Equal(-1, DnsNameReader.Unpack(message, 6, target));   // forward
        Assert.Equal(2, DnsNameReader.Unpack(message, 8, target));
    }

    private static Span<byte> Make(PCG random, byte[] buffer, byte[] valid)
    {
        if (random.Next(8) == 0)
        {
            Span<byte> noise = buffer.AsSpan(0, (int)random.Next((uint)buffer.Length));
            for (int index = 0; index < noise.Length; index++)
            {
                noise[index] = (byte)random.Next();
            }

            return noise;
        }

        valid.CopyTo(buffer, 0);
        for (uint changes = random.Next(5); changes > 0; changes--)
        {
            buffer[random.Next((uint)valid.Length)] = random.Next(3) == 0 ? (byte)(0xc0 | random.Next(2)) : (byte)random.Next();
        }

        return buffer.AsSpan(0, valid.Length - (int)(random.Next(4) == 0 ? random.Next((uint)valid.Length) : 0));
    }
}
