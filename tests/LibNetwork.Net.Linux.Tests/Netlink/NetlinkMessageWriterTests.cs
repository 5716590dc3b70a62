using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Tests.Netlink;

public sealed class NetlinkMessageWriterTests
{
    [Fact]
    public void Writes_what_a_kernel_header_says()
    {
        NetlinkMessageWriter writer = new(new byte[128], type: 16, NetlinkFlags.Request | NetlinkFlags.Ack, sequence: 7);
        writer.WriteFamilyHeader(4)[0] = 2;
        writer.WriteAttribute(1, (byte)0xAA);
        writer.WriteAttributeBigEndian(2, (ushort)0x1234);
        NestedStart nested = writer.BeginNested(18);
        writer.WriteString(1, "veth");
        writer.EndNested(nested);

        Assert.Equal(
            "34000000" + "1000" + "0500" + "07000000" + "00000000" + "02000000"
            + "0500" + "0100" + "AA000000"
            + "0600" + "0200" + "12340000"
            + "1000" + "1280" + "0900" + "0100" + "7665746800000000",
            Convert.ToHexString(writer.Complete()));
    }

    [Fact]
    public void A_full_buffer_is_an_error_and_never_an_overrun()
    {
        byte[] memory = new byte[64];
        bool thrown = false;

        try
        {
            NetlinkMessageWriter writer = new(memory.AsSpan(0, 32), 1, NetlinkFlags.None, 1);
            writer.WriteAttribute(1, new byte[13]);
        }
        catch (InvalidOperationException)
        {
            thrown = true;
        }

        Assert.True(thrown);
        Assert.All(memory[32..], static value => Assert.Equal(0, value));
    }

    [Fact]
    public void An_attribute_beyond_the_formats_limit_is_an_error()
        => Assert.Throws<InvalidOperationException>(static () =>
        {
            NetlinkMessageWriter writer = new(new byte[80_000], 1, NetlinkFlags.None, 1);
            writer.WriteAttribute(1, new byte[ushort.MaxValue - 3]);
        });

    [Fact]
    public void A_nest_beyond_the_formats_limit_is_an_error()
        => Assert.Throws<InvalidOperationException>(static () =>
        {
            NetlinkMessageWriter writer = new(new byte[80_000], 1, NetlinkFlags.None, 1);
            NestedStart nested = writer.BeginNested(1);
            writer.WriteAttribute(1, new byte[40_000]);
            writer.WriteAttribute(2, new byte[30_000]);
            writer.EndNested(nested);
        });

    [Fact]
    public void A_buffer_without_room_for_the_header_is_an_error()
        => Assert.Throws<InvalidOperationException>(static () => _ = new NetlinkMessageWriter(new byte[15], 1, NetlinkFlags.None, 1).Length);
}
