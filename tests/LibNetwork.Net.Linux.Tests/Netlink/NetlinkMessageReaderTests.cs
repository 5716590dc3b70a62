using CsCheck;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux.Tests.Netlink;

public sealed class NetlinkMessageReaderTests
{
    [Theory]
    [InlineData("0F000000" + "1000" + "0000" + "01000000" + "00000000")]   // shorter than its own header
    [InlineData("11000000" + "1000" + "0000" + "01000000" + "00000000")]   // longer than the datagram
    [InlineData("FFFFFFFF" + "1000" + "0000" + "01000000" + "00000000")]
    public void A_message_whose_length_lies_is_malformed(string datagram)
        => Assert.Throws<InvalidDataException>(() => new NetlinkMessageReader(Convert.FromHexString(datagram)).TryRead(out _));

    [Theory]
    [InlineData("03000100")]
    [InlineData("05000100")]
    [InlineData("FFFF0100AA")]
    public void An_attribute_whose_length_lies_is_malformed(string attributes)
        => Assert.Throws<InvalidDataException>(() => new NetlinkAttributeReader(Convert.FromHexString(attributes)).TryRead(out _));

    [Fact]
    public void A_number_from_too_few_bytes_is_malformed()
        => Assert.Throws<InvalidDataException>(static () =>
        {
            NetlinkAttributeReader reader = new(Convert.FromHexString("0600010001020000"));
            Assert.True(reader.TryRead(out NetlinkAttribute attribute));
            _ = attribute.AsUInt32();
        });

    [Fact]
    public void Random_bytes_end_or_are_malformed()
        => Gen.Byte.Array[0, 300].Sample(static bytes => Survives(() => ReadAll(bytes)), iter: 20_000);

    [Fact]
    public void Random_payloads_of_each_kind_are_parsed_or_malformed()
        => Gen.Byte.Array[0, 300].Sample(static bytes =>
        {
            Survives(() => RtNetlinkParser.Link(Message(bytes)));
            Survives(() => RtNetlinkParser.Address(Message(bytes)));
            Survives(() => RtNetlinkParser.Route(Message(bytes)));
            Survives(() => RtNetlinkParser.Rule(Message(bytes)));
            Survives(() => RtNetlinkParser.Neighbour(Message(bytes)));
            Survives(() => RtNetlinkParser.ForwardingEntry(Message(bytes)));
        }, iter: 5_000);

    [Fact]
    public void Well_formed_attributes_of_random_sizes_are_parsed_or_malformed()
        => Gen.Select(Gen.Byte, Gen.Select(Gen.UShort[0, 40], Gen.Byte.Array[0, 24]).Array[0, 12]).Sample(static (family, attributes) =>
        {
            NetlinkMessageWriter writer = new(new byte[4096], 16, NetlinkFlags.None, 1);
            writer.WriteFamilyHeader(12)[0] = (byte)((family & 1) == 0 ? 2 : 10);
            foreach ((ushort type, byte[] value) in attributes)
            {
                writer.WriteAttribute(type, value);
            }

            byte[] payload = writer.Complete()[NetlinkMessageWriter.HeaderSize..].ToArray();
            Survives(() => RtNetlinkParser.Route(Message(payload)));
            Survives(() => RtNetlinkParser.Rule(Message(payload)));
            Survives(() => RtNetlinkParser.Neighbour(Message(payload)));
        }, iter: 10_000);

    [Fact]
    public void What_was_written_is_read_back()
        => Gen.Select(Gen.UShort, Gen.UInt, Gen.Select(Gen.UShort[0, 0x3fff], Gen.Byte.Array[0, 50]).Array[0, 20]).Sample(
            static (type, sequence, attributes) =>
            {
                NetlinkMessageWriter writer = new(new byte[4096], type, NetlinkFlags.Request, sequence);
                foreach ((ushort attributeType, byte[] value) in attributes)
                {
                    writer.WriteAttribute(attributeType, value);
                }

                NetlinkMessageReader reader = new(writer.Complete());
                Assert.True(reader.TryRead(out NetlinkMessage message));
                Assert.Equal(type, message.Type);
                Assert.Equal(sequence, message.Sequence);
                NetlinkAttributeReader read = message.Attributes(0);
                foreach ((ushort attributeType, byte[] value) in attributes)
                {
                    Assert.True(read.TryRead(out NetlinkAttribute attribute));
                    Assert.Equal(attributeType, attribute.Type);
                    Assert.Equal(value, attribute.Payload.ToArray());
                }

                Assert.False(read.TryRead(out _));
                Assert.False(reader.TryRead(out _));
            });

    private static NetlinkMessage Message(byte[] payload) => new(16, NetlinkFlags.None, 1, 0, payload);

    private static void Survives(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            // the one error that a reader may answer with
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        NetlinkMessageReader messages = new(bytes);
        while (messages.TryRead(out NetlinkMessage message))
        {
            NetlinkAttributeReader attributes = message.Attributes(4);
            while (attributes.TryRead(out NetlinkAttribute attribute))
            {
                NetlinkAttributeReader nested = attribute.Nested();
                while (nested.TryRead(out NetlinkAttribute inner))
                {
                    _ = inner.AsString();
                }
            }
        }
    }
}
