using System.Net;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

public sealed class NftValidationTests
{
    private const NftFamily Family = NftFamily.Inet;

    public static TheoryData<string> BadNames => ["", "a\0b", new string('x', 256), string.Concat(Enumerable.Repeat("é", 128))];

    [Theory]
    [MemberData(nameof(BadNames))]
    public void A_bad_name_is_refused_everywhere_and_leaves_nothing_in_the_batch(string name)
    {
        NftTransaction transaction = Begin();
        Action[] actions =
        [
            () => transaction.AddTable(Family, name),
            () => transaction.DeleteTable(Family, name),
            () => transaction.DestroyTable(Family, name),
            () => transaction.AddChain(Family, name, "c"),
            () => transaction.AddChain(Family, "t", name),
            () => transaction.AddBaseChain(Family, "t", name, NftHook.Input, NftChainType.Filter, 0),
            () => transaction.FlushChain(Family, "t", name),
            () => transaction.DeleteChain(Family, "t", name),
            () => transaction.AddSet(Family, "t", new NftSetSpec { Name = name, Key = [NftDataType.Mark] }),
            () => transaction.DeleteSet(Family, "t", name),
            () => transaction.FlushSet(Family, "t", name),
            () => transaction.AddElement(Family, "t", name, NftElement.Of("eth0")),
            () => transaction.DeleteElement(Family, "t", name, NftElement.Of("eth0")),
            () => transaction.AddRule(Family, "t", name, new NftRule()),
            () => new NftRule().InSet(name, NftLoad.IifName),
            () => new NftRule().Jump(name),
        ];

        Assert.All(actions, action => Assert.ThrowsAny<ArgumentException>(action));
        Assert.Equal(0, transaction.Count);
    }

    [Fact]
    public void A_name_of_255_bytes_is_fine()
    {
        NftTransaction transaction = Begin();

        transaction.AddTable(Family, new string('x', 255));

        Assert.Equal(1, transaction.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sixteen-letters-")]
    [InlineData("a\0")]
    public void An_interface_name_has_1_to_15_bytes(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => NftElement.Of(name));
        Assert.ThrowsAny<ArgumentException>(() => new NftRule().IifName(name));
    }

    [Fact]
    public void Ranges_are_in_order_and_of_one_kind()
    {
        IPAddress low = IPAddress.Parse("1.1.1.1");
        IPAddress high = IPAddress.Parse("1.1.1.2");

        Assert.Throws<ArgumentException>(() => NftElement.Range(high, low));
        Assert.Throws<ArgumentException>(() => NftElement.Range(low, IPAddress.IPv6Loopback));
        Assert.Throws<ArgumentException>(() => NftElement.Range("a", "b"));
        Assert.Throws<ArgumentException>(() => NftElement.Of(low, (ushort)1).To(high));
        Assert.Throws<ArgumentException>(() => NftElement.Of(low, (ushort)2).To(high, (ushort)1));
        Assert.Throws<ArgumentException>(() => NftElement.Of());
        Assert.Throws<ArgumentException>(() => NftElement.Of(default(NftValue)));
    }

    [Fact]
    public void A_key_has_at_most_64_bytes_and_an_element_that_is_too_long_leaves_nothing_in_the_batch()
    {
        NftTransaction transaction = Begin();
        NftElement element = NftElement.Of("a", "b", "c", "d", (ushort)1);

        Assert.Throws<ArgumentException>(() => transaction.AddElement(Family, "t", "s", element));
        Assert.Throws<ArgumentException>(() => transaction.AddSet(
            Family, "t", new NftSetSpec { Name = "s", Key = [.. Enumerable.Repeat(NftDataType.IfName, 5)] }));
        Assert.Equal(0, transaction.Count);
    }

    [Fact]
    public void Registers_end_at_64_bytes()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new NftRule().InSet(
            "s", NftLoad.IifName, NftLoad.IifName, NftLoad.IifName, NftLoad.IifName, NftLoad.L4Proto));

    [Fact]
    public void A_set_does_not_contradict_itself()
    {
        NftTransaction transaction = Begin();

        Assert.Throws<ArgumentException>(() => transaction.AddSet(Family, "t", new NftSetSpec { Name = "s", Key = [] }));
        Assert.Throws<ArgumentException>(() => transaction.AddSet(
            Family, "t", new NftSetSpec { Name = "s", Key = [NftDataType.Mark], Data = [NftDataType.Mark], IsVerdictMap = true }));
        Assert.Throws<ArgumentException>(() => transaction.AddSet(
            Family, "t", new NftSetSpec { Name = "s", Key = [NftDataType.Mark], DefaultTimeout = TimeSpan.FromSeconds(1) }));
        Assert.Throws<ArgumentException>(() => transaction.AddSet(
            Family, "t", new NftSetSpec { Name = "s", Key = [NftDataType.Mark], Comment = new string('x', 128) }));
    }

    [Fact]
    public void A_rule_that_is_too_long_leaves_nothing_in_the_batch()
    {
        NftTransaction transaction = Begin();
        NftRule rule = new();
        for (int i = 0; i < 1000; i++)
        {
            rule.Counter().IifName("eth0");
        }

        Assert.Throws<InvalidOperationException>(() => transaction.AddRule(Family, "t", "c", rule));
        Assert.Equal(0, transaction.Count);
    }

    [Fact]
    public void Rules_are_equal_when_steps_and_comment_are()
    {
        static NftRule Build() => new NftRule().IifName("br0").CtState(NftCtState.New).Counter().Dnat(IPAddress.Loopback, 80);

        Assert.Equal(Build(), Build());
        Assert.NotEqual(Build(), Build().WithComment("c"));
        Assert.NotEqual(Build(), Build().Accept());
        Assert.NotEqual(new NftRule().IifName("br0"), new NftRule().IifName("br1"));
    }

    private static NftTransaction Begin()
    {
        NftTransaction transaction = new(new NetlinkBatch(), static () => true);
        transaction.Open();
        return transaction;
    }
}
