using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Tests;

/// <summary>Packet rules of others that would drop what a network sends or receives are found and named.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "RC-06")]
public sealed class DiagnosisTests
{
    private const string Table = "theirs";

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(NftFamily.IPv4)]
    [InlineData(NftFamily.IPv6)]
    [InlineData(NftFamily.Inet)]
    public async Task A_policy_of_drop_is_named_until_rules_accept_both_ways(NftFamily family)
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync(reconciles: false);
        await scene.Host.ChangeRulesAsync((_, rules) =>
        {
            rules.AddTable(family, Table);
            rules.AddBaseChain(family, Table, "FORWARD", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
            rules.AddRule(family, Table, "FORWARD", new NftRule().CtState(NftCtState.Established).Accept());
        });
        Diagnosis dropping = await scene.World.Controller.DiagnoseAsync(Cancel);
        await scene.Host.ChangeRulesAsync((_, rules) => rules.AddRule(family, Table, "FORWARD", new NftRule().IifName(scene.Bridge).Accept()));
        Diagnosis halfOpen = await scene.World.Controller.DiagnoseAsync(Cancel);
        await scene.Host.ChangeRulesAsync((_, rules) => rules.AddRule(family, Table, "FORWARD", new NftRule().OifName(scene.Bridge).Accept()));
        Diagnosis open = await scene.World.Controller.DiagnoseAsync(Cancel);

        Finding finding = Assert.Single(dropping.Findings);
        Assert.Equal((FindingKind.ForeignDrop, scene.Network.Id), (finding.Kind, finding.NetworkId!.Value));
        Assert.Contains($"{Table} FORWARD", finding.Found, StringComparison.Ordinal);
        Assert.False(finding.CanBeRepaired);
        Assert.NotNull(finding.Remedy);
        Assert.Single(halfOpen.Findings);
        Assert.Empty(open.Findings);
    }

    [Fact]
    public async Task A_rule_that_drops_everything_is_named_also_behind_a_jump()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync(reconciles: false);
        await scene.Host.ChangeRulesAsync(static (_, rules) =>
        {
            rules.AddTable(NftFamily.Inet, Table);
            rules.AddChain(NftFamily.Inet, Table, "all");
            rules.AddRule(NftFamily.Inet, Table, "all", new NftRule().Counter().Drop());
            rules.AddBaseChain(NftFamily.Inet, Table, "forward", NftHook.Forward, NftChainType.Filter, 10);
            rules.AddRule(NftFamily.Inet, Table, "forward", new NftRule().Jump("all"));
        });

        Diagnosis diagnosis = await scene.World.Controller.DiagnoseAsync(Cancel);

        Assert.Contains(diagnosis.Findings, static finding => finding.Kind == FindingKind.ForeignDrop && finding.Found.Contains("theirs forward", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rules_that_do_not_concern_forwarded_packets_or_open_networks_are_no_finding()
    {
        await using World world = await World.CreateReconcilingAsync(reconciles: false);
        await world.NetworkAsync("closed", static spec => spec with { Internal = true });
        await using Disturber host = Disturber.In(world.Host.NamespacePath);
        await host.ChangeRulesAsync(static (_, rules) =>
        {
            rules.AddTable(NftFamily.Inet, Table);
            rules.AddBaseChain(NftFamily.Inet, Table, "input", NftHook.Input, NftChainType.Filter, 0, NftPolicy.Drop);
            rules.AddBaseChain(NftFamily.Inet, Table, "forward", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
        });
        Diagnosis closed = await world.Controller.DiagnoseAsync(Cancel);
        await world.NetworkAsync("open");
        Diagnosis open = await world.Controller.DiagnoseAsync(Cancel);

        Assert.Empty(closed.Findings);
        Assert.Equal("network \"open\"", Assert.Single(open.Findings).Subject);
        Assert.Equal((2, 0), (open.Networks, open.Sandboxes));
    }
}
