using System.Net;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Nftables.Script;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>Tables in nft's language. That nft makes the same of it is tested on the library's own tables.</summary>
public sealed class NftScriptTests
{
    [Fact]
    public void A_name_with_a_star_at_its_end_is_that_name_and_a_prefix_is_all_that_begin_so()
    {
        Assert.Contains("""iifname "eth\*" drop""", Script(new NftRule().Match(NftLoad.IifName, "eth*").Drop()), StringComparison.Ordinal);
        Assert.Contains("""iifname "eth*" drop""", Script(new NftRule().IifName("eth*").Drop()), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_a_header_have_names_where_the_rule_has_checked_the_protocol_and_places_elsewhere()
    {
        IPAddress address = IPAddress.Parse("10.0.0.1");

        Assert.Contains("meta nfproto ipv4 ip daddr 10.0.0.1 drop", Script(new NftRule().NfProto(NftFamily.IPv4).Destination(address).Drop()), StringComparison.Ordinal);
        Assert.Contains("@nh,128,32 0x0a000001 drop", Script(new NftRule().Destination(address).Drop()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_that_is_only_asked_whether_it_has_a_key_is_asked_by_a_set_of_its_keys()
    {
        string script = Script(new NftRule().Map("ports", NftLoad.DestinationPort).Drop());

        Assert.Contains("th dport @ports-keys drop", script, StringComparison.Ordinal);
        Assert.Contains("set ports-keys {\n\t\ttype inet_service;\n\t\telements = {\n\t\t\t80\n", script, StringComparison.Ordinal);
        Assert.Contains("80 : 10.0.0.1", script, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_is_refused_and_nothing_is_left_out()
    {
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().Notrack()));
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().Drop().WithComment("say \"no\"")));
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().Drop().WithComment("a\nb")));
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().Match(NftLoad.IifName, "a\"b").Drop()));
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().InSet("none", NftLoad.IifName).Drop()));
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().MatchMasked(NftLoad.CtState, NftValue.Number(0x8000), NftComparison.NotEqual, NftValue.Number(0)).Drop()));
        Assert.Throws<NotSupportedException>(static () => Script(new NftRule().Masquerade(NftNatFlags.Random)));
    }

    private static string Script(NftRule rule) => NftScript.Create(new NftTable(NftFamily.Inet, "t", 0, null,
        [new NftChain { Name = "c", Handle = 0, Rules = [new NftChainRule(0, rule)] }],
        [new NftSet
        {
            Name = "ports", Handle = 0, Key = [NftDataType.InetService], Data = [NftDataType.IPv4Address], IsMap = true, IsVerdictMap = false, Interval = false,
            Timeout = false, Elements = [NftElement.Of((ushort)80).WithData(IPAddress.Parse("10.0.0.1"))],
        }]));
}
