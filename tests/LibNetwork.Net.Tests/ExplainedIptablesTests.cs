using LibNetwork.Flows;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Rules that others made with iptables: read when nftables holds them, noticed when it does not.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "DG-04")]
public sealed class ExplainedIptablesTests
{
    private const string Nft = "iptables-nft", Legacy = "iptables-legacy";

    [Fact]
    public async Task A_closed_FORWARD_chain_of_iptables_is_understood()
    {
        Assert.SkipUnless(Iptables.Has(Nft), $"{Nft} is not installed");
        await using FlowScene scene = await FlowScene.CreateAsync();
        await RunAsync(scene, "-P FORWARD DROP");
        await RunAsync(scene, "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
        await RunAsync(scene, "-A FORWARD -s 203.0.113.0/24 -j LOG");
        FlowExplanation closed = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        bool arrivedClosed = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: false);
        await RunAsync(scene, "-A FORWARD -s 192.0.2.0/24 -p tcp -m conntrack --ctstate NEW -m comment --comment guests -j ACCEPT");

        FlowExplanation open = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");

        Assert.Equal((FlowVerdict.Dropped, "policy drop", 0), (closed.Verdict, closed.Decision?.Rule?.Text, closed.Unknowns.Count));
        Assert.False(arrivedClosed);
        Assert.Equal((FlowVerdict.Allowed, 0), (open.Verdict, open.Unknowns.Count));
        Assert.True(await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: true));
        FlowRule accepted = Assert.Single(open.Steps, static step => step.Rule is { Table: "filter" }).Rule!;   // selected by it
        Assert.Contains("ip saddr 192.0.2.0/24", accepted.Text, StringComparison.Ordinal);
        Assert.EndsWith("ct state new counter accept", accepted.Text, StringComparison.Ordinal);
        Assert.Equal("guests", accepted.Comment);
    }

    [Fact]
    public async Task Translations_of_iptables_are_followed()
    {
        Assert.SkipUnless(Iptables.Has(Nft), $"{Nft} is not installed");
        await using FlowScene scene = await FlowScene.CreateAsync();
        await RunAsync(scene, $"-t nat -A PREROUTING -m addrtype --dst-type LOCAL -p tcp --dport 9090 -j DNAT --to-destination {scene.IPv4("a")}:80");
        await RunAsync(scene, "-t nat -A POSTROUTING -p tcp --dport 80 -j MASQUERADE");

        FlowExplanation explanation = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "9090/tcp");
        bool arrived = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "9090/tcp", expected: true);

        Assert.Equal((FlowVerdict.Allowed, true), (explanation.Verdict, arrived));
        Assert.Equal(["dnat", "masquerade"], explanation.Steps.Where(static step => step.Kind == FlowStepKind.Translation).Select(static step => step.Rule!.Verdict));
        Assert.Equal(scene.Endpoint("a").GatewayIPv4, explanation.Steps[^1].Source.Address);
    }

    [Fact]
    public async Task A_match_that_is_not_understood_is_said()
    {
        Assert.SkipUnless(Iptables.Has(Nft), $"{Nft} is not installed");
        await using FlowScene scene = await FlowScene.CreateAsync();
        await RunAsync(scene, "-A FORWARD -p tcp -m multiport --dports 80,443 -j DROP");

        FlowExplanation explanation = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");

        Assert.Equal(FlowVerdict.Unknown, explanation.Verdict);
        Assert.Contains("[match multiport]", Assert.Single(explanation.Unknowns), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_of_iptables_legacy_are_noticed()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        FlowExplanation before = await scene.ExplainAsync(scene.From("b"), scene.IPv4("a"));
        bool hasLegacy = Iptables.Has(Legacy) && await Iptables.RunAsync(scene.World.Host, Legacy, "-A FORWARD -s 203.0.113.1 -j DROP");
        Assert.Empty(before.Unknowns);
        Assert.SkipUnless(hasLegacy, $"{Legacy} is not installed, or the kernel lacks its tables");

        FlowExplanation after = await scene.ExplainAsync(scene.From("b"), scene.IPv4("a"));

        Assert.Equal("what the rules of iptables-legacy say (tables filter)", Assert.Single(after.Unknowns));
    }

    private static async Task RunAsync(FlowScene scene, string command)
        => Assert.True(await Iptables.RunAsync(scene.World.Host, Nft, command), command);
}
