using System.Net;
using CsCheck;
using LibNetwork.Linux.Conntrack;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

public sealed class NftReaderPropertyTests
{
    [Fact]
    public void A_written_rule_is_read_as_it_was()
    {
        (string Text, Func<NftRule, NftRule> Build)[] forms =
            [.. NftRuleForms.Filter, .. NftRuleForms.Prerouting, .. NftRuleForms.Postrouting, .. NftRuleForms.Raw, .. NftRuleForms.Bridge];

        Assert.All(forms, form =>
        {
            NftRule wanted = form.Build(new NftRule());
            Assert.Equal(wanted, ReadRule(Encode(wanted)));
        });
    }

    [Fact]
    public void Damaged_answers_are_refused_or_read_but_never_anything_else()
    {
        NftTransaction transaction = new(new NetlinkBatch(), static () => true);
        transaction.Open();
        transaction.AddTable(NftFamily.Inet, "t", "comment");
        transaction.AddBaseChain(NftFamily.Inet, "t", "c", NftHook.Forward, NftChainType.Filter, 0);
        transaction.AddSet(NftFamily.Inet, "t", new NftSetSpec
        {
            Name = "m",
            Key = [NftDataType.IPv4Address, NftDataType.InetService],
            Data = [NftDataType.Mark],
            Timeout = true,
            DefaultTimeout = TimeSpan.FromDays(1),
            Interval = true,
        });
        transaction.AddElement(NftFamily.Inet, "t", "m", NftElement.Of(IPAddress.Loopback, (ushort)80)
            .WithData(NftValue.Mark(1)).WithTimeout(TimeSpan.FromDays(1)).WithComment("c"));
        foreach ((_, Func<NftRule, NftRule> build) in NftRuleForms.Filter.Concat(NftRuleForms.Prerouting))
        {
            transaction.AddRule(NftFamily.Inet, "t", "c", build(new NftRule()));
        }

        byte[] bytes = transaction.Batch.Bytes.ToArray();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[0, bytes.Length - 1], Gen.Byte).Sample((first, one, second, two) =>
        {
            byte[] damaged = [.. bytes];
            damaged[first] = one;
            damaged[second] = two;
            try
            {
                ReadAll(damaged);
            }
            catch (InvalidDataException)
            {
                return true;
            }

            return true;
        });
    }

    [Fact]
    public void Damaged_flows_are_refused_or_read_but_never_anything_else()
    {
        byte[] flow = Convert.FromHexString(
            "02000000" + "34000180" + "14000180" + "080001000a000102" + "080002000a000202" + "1c000280" + "0500010011000000" + "0600020012340000"
            + "0600030003e80000" + "34000280" + "14000180" + "080001000a000202" + "080002000a000201" + "1c000280" + "0500010011000000"
            + "0600020003e80000" + "0600030012340000" + "0800030000000018" + "0800080000000007" + "0800070000000009" + "08000c0000000001");
        Gen.Select(Gen.Int[0, flow.Length - 1], Gen.Byte, Gen.Int[0, flow.Length]).Sample((at, value, length) =>
        {
            byte[] damaged = [.. flow];
            damaged[at] = value;
            try
            {
                ConntrackSocket.Parse(new NetlinkMessage(0x0100, NetlinkFlags.None, 1, 0, damaged.AsSpan(0, length)));
            }
            catch (InvalidDataException)
            {
                return true;
            }

            return true;
        });

        ConntrackFlow found = ConntrackSocket.Parse(new NetlinkMessage(0x0100, NetlinkFlags.None, 1, 0, flow))!;
        Assert.Equal(new ConntrackTuple(IPAddress.Parse("10.0.1.2"), IPAddress.Parse("10.0.2.2"), 17, 0x1234, 1000), found.Original);
        Assert.Equal((7u, TimeSpan.FromSeconds(9), 1u), (found.Mark, found.Timeout, found.Id));
    }

    private static void ReadAll(byte[] bytes)
    {
        NetlinkMessageReader reader = new(bytes);
        NftSetReader? set = null;
        while (reader.TryRead(out NetlinkMessage message))
        {
            _ = NftTableReader.Parse(message);
            _ = NftChainReader.Parse(message);
            set = NftSetReader.Parse(message) ?? set;
            _ = NftRuleReader.Parse(message)?.Rule.ToString();
            if (set is not null && new NftElementReader(set) is { } elements && elements.Parse(message) is { } found)
            {
                foreach (NftElement element in elements.Complete([found]))
                {
                    _ = element.ToString();
                }
            }
        }
    }

    private static byte[] Encode(NftRule rule)
    {
        NftTransaction transaction = new(new NetlinkBatch(), static () => true);
        transaction.Open();
        transaction.AddRule(NftFamily.Inet, "t", "c", rule);
        return transaction.Batch.Bytes.ToArray();
    }

    private static NftRule ReadRule(byte[] bytes)
    {
        NetlinkMessageReader reader = new(bytes);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (NftRuleReader.Parse(message) is { } found)
            {
                return found.Rule;
            }
        }

        throw new InvalidOperationException("There is no rule.");
    }
}
