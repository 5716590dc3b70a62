using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Tests.Netlink;

public sealed class NetlinkBatchTests
{
    [Fact]
    public void A_message_taken_out_leaves_the_others_whole()
    {
        NetlinkBatch batch = new();
        foreach (ushort type in (ushort[])[1, 2, 3])
        {
            Append(batch, type);
        }

        batch.Remove(1);

        NetlinkMessageReader reader = new(batch.Bytes);
        Assert.True(reader.TryRead(out NetlinkMessage first));
        Assert.True(reader.TryRead(out NetlinkMessage last));
        Assert.False(reader.TryRead(out _));
        Assert.Equal((1, 3), (first.Type, last.Type));
        Assert.Equal(last.Sequence, batch.Entries[1].Sequence);
    }

    [Fact]
    public void A_message_given_up_half_way_leaves_no_trace()
    {
        NetlinkBatch batch = new();
        Append(batch, 1);

        Assert.Throws<InvalidOperationException>(() =>
        {
            NetlinkMessageWriter writer = batch.Begin(2, NetlinkFlags.None, "test", string.Empty, room: 32);
            writer.WriteAttribute(1, new byte[64]);
        });
        Append(batch, 3);

        Assert.Equal(2, batch.Count);
        Assert.Equal(batch.Entries[0].Sequence + 1, batch.Entries[1].Sequence);
        Assert.Equal(40, batch.Bytes.Length);
    }

    [Fact]
    public void The_buffer_grows_with_its_messages()
    {
        NetlinkBatch batch = new();
        for (int i = 0; i < 1000; i++)
        {
            Append(batch, 1);
        }

        Assert.Equal(1000, batch.Count);
        Assert.Equal(20_000, batch.Bytes.Length);
    }

    private static void Append(NetlinkBatch batch, ushort type)
    {
        NetlinkMessageWriter writer = batch.Begin(type, NetlinkFlags.None, "test", string.Empty);
        writer.WriteFamilyHeader(4);
        batch.End(ref writer);
    }
}
