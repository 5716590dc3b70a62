using System.Net;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>
/// The bytes beside those that nft 1.0.6 sent for the same command, recorded on its way to the kernel. Of the user data of sets, what says how
/// a concatenation was written in the script is cut off.
/// </summary>
public sealed class NftEncodingTests
{
    private const NftFamily Family = NftFamily.Inet;

    private static readonly NftElement Port =
        NftElement.Of(IPAddress.Parse("1.2.3.4"), (byte)6, (ushort)80).WithData(IPAddress.Parse("5.6.7.8"), (ushort)90);

    [Fact]
    public void A_table() => Check(
        0,
        "01000000060001007400000008000200000000000800060000026300",
        t => t.AddTable(Family, "t", "c"));

    [Fact]
    public void A_chain() => Check(
        3,
        "0100000006000100740000000600030078000000",
        t => t.AddChain(Family, "t", "x"));

    [Fact]
    public void A_base_chain() => Check(
        3,
        "01000000060001007400000006000300660000000b00070066696c7465720000080005000000000014000480080001000000000208000200fffffffb",
        t => t.AddBaseChain(Family, "t", "f", NftHook.Forward, NftChainType.Filter, -5, NftPolicy.Drop));

    [Fact]
    public void A_set_of_names() => Check(
        9,
        "0100000006000100740000000a0002006e616d657300000008000300000000000800040000000029080005000000001008000a00000000010a000d000004010000000000",
        t => t.AddSet(Family, "t", new NftSetSpec { Name = "names", Key = [NftDataType.IfName] }));

    [Fact]
    public void A_verdict_map() => Check(
        9,
        "010000000600010074000000060002007600000008000300000000080800040000000a69080005000000002008000600ffffff00080007000000000008000a000000000110000d00000400000000010400000000",
        t => t.AddSet(Family, "t", new NftSetSpec { Name = "v", Key = [NftDataType.IfName, NftDataType.IfName], IsVerdictMap = true }));

    [Fact]
    public void A_map_of_ports() => Check(
        9,
        "01000000060001007400000006000200700000000800030000000008080004000000730d080005000000000c08000600000001cd080007000000000808000a000000000110000d00000400000000010400000000",
        t => t.AddSet(Family, "t", new NftSetSpec
        {
            Name = "p",
            Key = [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
            Data = [NftDataType.IPv4Address, NftDataType.InetService],
        }));

    [Fact]
    public void An_interval_set_of_a_concatenation() => Check(
        9,
        "010000000600010074000000060002006e000000080003000000008408000400000001cd080005000000000808000a0000000001200009801c0002800c00018008000100000000040c00018008000100000000020a000d000004000000000000",
        t => t.AddSet(Family, "t", new NftSetSpec { Name = "n", Key = [NftDataType.IPv4Address, NftDataType.InetService], Interval = true }));

    [Fact]
    public void An_element_of_names() => Check(
        12,
        "0100000006000100740000000a0002006e616d65730000000800040000000001200003801c000180180001801400010062723000000000000000000000000000",
        t => t.AddElement(Family, "t", "names", NftElement.Of("br0")));

    [Fact]
    public void An_element_with_a_verdict() => Check(
        12,
        "01000000060001007400000006000200760000000800040000000003480003804400018028000180240001006100000000000000000000000000000062000000000000000000000000000000180002801400028008000100fffffffd0600020078000000",
        t => t.AddElement(Family, "t", "v", NftElement.Of("a", "b").WithVerdict(NftVerdict.Jump("x"))));

    [Fact]
    public void An_element_with_data() => Check(
        12,
        "010000000600010074000000060002007000000008000400000000042c000380280001801400018010000100010203040600000000500000100002800c00010005060708005a0000",
        t => t.AddElement(Family, "t", "p", Port));

    [Fact]
    public void An_element_that_is_deleted_goes_by_its_key() => Check(
        14,
        "01000000060001007400000006000200700000001c000380180001801400018010000100010203040600000000500000",
        t => t.DeleteElement(Family, "t", "p", Port));

    [Fact]
    public void A_range_in_a_concatenation_with_a_comment() => Check(
        12,
        "010000000600010074000000060002006e0000000800040000000005300003802c000180100001800c0001000a0000000050000010000a800c0001000affffff005000000800060000026500",
        t => t.AddElement(
            Family,
            "t",
            "n",
            NftElement.Of(IPAddress.Parse("10.0.0.0"), (ushort)80).To(IPAddress.Parse("10.255.255.255"), (ushort)80).WithComment("e")));

    [Fact]
    public void A_prefix_is_two_borders() => Check(
        12,
        "010000000600010074000000090002006e6574730000000008000400000000022c000380100001800c000180080001000a0000001800028008000300000000010c000180080001000b000000",
        t => t.AddElement(Family, "t", "nets", NftElement.Prefix(IPNetwork.Parse("10.0.0.0/8"))),
        listNumbers: true);

    [Fact]
    public void A_rule_with_a_verdict_map() => Check(
        6,
        "01000000060001007400000006000200660000008000048024000180090001006d65746100000000140002800800020000000006080001000000000124000180090001006d657461000000001400028008000200000000070800010000000002340001800b0001006c6f6f6b757000002400028008000200000000010800030000000000060001007600000008000400000000030800070000027200",
        t => t.AddRule(Family, "t", "f", new NftRule().VerdictMap("v", NftLoad.IifName, NftLoad.OifName).WithComment("r")));

    [Fact]
    public void A_rule_with_states_and_a_counter() => Check(
        6,
        "0100000006000100740000000600020066000000d80004802000018007000100637400001400028008000200000000000800010000000001440001800c0001006269747769736500340002800800010000000001080002000000000108000300000000040c00048008000100060000000c00058008000100000000002c00018008000100636d700020000280080001000000000108000200000000010c0003800800010000000000140001800c000100636f756e7465720004000280300001800e000100696d6d6564696174650000001c0002800800010000000000100002800c0002800800010000000001",
        t => t.AddRule(Family, "t", "f", new NftRule().CtState(NftCtState.Established | NftCtState.Related).Counter().Accept()));

    [Fact]
    public void A_rule_that_publishes_ports() => Check(
        6,
        "0100000006000100740000000600020067000000a80104802800018008000100666962001c0002800800030000000002080002000000000308000100000000012c00018008000100636d700020000280080001000000000108000200000000000c000380080001000200000024000180090001006d6574610000000014000280080002000000000f08000100000000012c00018008000100636d700020000280080001000000000108000200000000000c0003800500010002000000340001800c0001007061796c6f616400240002800800010000000001080002000000000108000300000000100800040000000004340001800c0001007061796c6f616400240002800800010000000009080002000000000108000300000000090800040000000001340001800c0001007061796c6f61640024000280080001000000000a080002000000000208000300000000020800040000000002340001800b0001006c6f6f6b7570000024000280080002000000000108000300000000010600010070000000080004000000000430000180080001006e617400240002800800010000000001080002000000000208000300000000010800050000000009",
        t => t.AddRule(Family, "t", "g", new NftRule().FibDestinationType(NftAddressType.Local).NfProto(NftFamily.IPv4)
            .DnatToMap(NftFamily.IPv4, "p", NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort)));

    [Fact]
    public void Batch_markers_stand_around_the_changes()
    {
        NftTransaction transaction = Begin();
        transaction.AddTable(Family, "t");

        transaction.Close();

        (ushort Type, string Payload)[] messages = Messages(transaction);
        Assert.Equal([0x10, 0x0a00, 0x11], messages.Select(message => message.Type));
        Assert.Equal("0000000a", messages[0].Payload);
        Assert.Equal("0000000a", messages[2].Payload);
    }

    [Fact]
    public void A_destroyed_table_is_added_and_deleted_and_so_is_an_element_on_an_old_kernel()
    {
        NftTransaction transaction = new(new NetlinkBatch(), static () => false);
        transaction.Open();

        transaction.DestroyTable(Family, "t");
        transaction.DestroyElement(Family, "t", "p", Port);

        Assert.Equal([0x10, 0x0a00, 0x0a02, 0x0a0c, 0x0a0e], Messages(transaction).Select(message => (int)message.Type));
    }

    private static void Check(int message, string recorded, Action<NftTransaction> write, bool listNumbers = false)
    {
        NftTransaction transaction = Begin();

        write(transaction);

        string expected = WireText.Of((ushort)(0x0a00 | message), Convert.FromHexString(recorded));
        string actual = Last(transaction);

        // The nft program numbers the entries of a plain list of elements; the kernel looks at their order alone.
        Assert.Equal(listNumbers ? expected.Replace("\n  2:\n", "\n  1:\n", StringComparison.Ordinal) : expected, actual);
    }

    private static NftTransaction Begin()
    {
        NftTransaction transaction = new(new NetlinkBatch(), static () => true);
        transaction.Open();
        return transaction;
    }

    private static string Last(NftTransaction transaction)
    {
        (ushort type, string payload) = Messages(transaction)[^1];
        return WireText.Of(type, Convert.FromHexString(payload));
    }

    private static (ushort Type, string Payload)[] Messages(NftTransaction transaction)
    {
        List<(ushort, string)> messages = [];
        NetlinkMessageReader reader = new(transaction.Batch.Bytes);
        while (reader.TryRead(out NetlinkMessage message))
        {
            messages.Add((message.Type, Convert.ToHexStringLower(message.Payload)));
        }

        return [.. messages];
    }
}
