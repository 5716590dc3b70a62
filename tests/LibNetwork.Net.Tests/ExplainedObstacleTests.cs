using System.Net;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What others and circumstances put in a flow's way is found: foreign rules, false addresses, forwarding, interfaces.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "DG-04")]
public sealed class ExplainedObstacleTests
{
    private const string Table = "theirs";

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(NftFamily.IPv4, "ip")]
    [InlineData(NftFamily.Inet, "inet")]
    public async Task A_foreign_policy_of_drop_is_named_and_a_rule_of_others_that_accepts_opens_it(NftFamily family, string familyName)
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber host = Disturber.In(scene.World.Host.NamespacePath);
        await host.ChangeRulesAsync((_, rules) =>
        {
            rules.AddTable(family, Table);
            rules.AddBaseChain(family, Table, "FORWARD", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
            rules.AddRule(family, Table, "FORWARD", new NftRule().CtState(NftCtState.Established | NftCtState.Related).Accept());
        });

        FlowExplanation closed = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        bool arrivedClosed = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: false);
        await host.ChangeRulesAsync((_, rules) => rules.AddRule(family, Table, "FORWARD", new NftRule().IifName("wire*").Counter().Accept().WithComment("theirs too")));
        FlowExplanation open = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        bool arrivedOpen = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: true);

        FlowRule policy = closed.Decision!.Rule!;   // the assertions below say what it is
        Assert.Equal((FlowVerdict.Dropped, false), (closed.Verdict, arrivedClosed));
        Assert.Equal((familyName, Table, "FORWARD", "policy drop", true, false), (policy.Family, policy.Table, policy.Chain, policy.Text, policy.IsPolicy, policy.IsOurs));
        Assert.Equal((FlowVerdict.Allowed, true), (open.Verdict, arrivedOpen));
        Assert.Contains(open.Steps, static step => step.Rule is { Comment: "theirs too", Text: "iifname \"wire*\" counter accept", IsOurs: false });
    }

    [Theory]
    [InlineData("outside", "8080/tcp", "wire*")]
    [InlineData("d", "8080/udp", "br-*")]
    public async Task An_answer_that_does_not_come_back_is_told(string who, string port, string accepted)
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber host = Disturber.In(scene.World.Host.NamespacePath);
        await host.ChangeRulesAsync((_, rules) =>
        {
            rules.AddTable(NftFamily.Inet, Table);
            rules.AddBaseChain(NftFamily.Inet, Table, "forward", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
            rules.AddRule(NftFamily.Inet, Table, "forward", new NftRule().IifName(accepted).CtState(NftCtState.New).Accept());
        });
        FlowSource source = who == "outside" ? FlowScene.Outside() : scene.From(who);

        FlowExplanation lost = await scene.ExplainAsync(source, TestHost.HostIPv4, port);
        bool answeredLost = await FlowScene.TryAsync(scene.OpenerOf(who), TestHost.HostIPv4, port, expected: false);
        await host.ChangeRulesAsync(static (_, rules) => rules.AddRule(NftFamily.Inet, Table, "forward", new NftRule().CtState(NftCtState.Established).Accept()));
        FlowExplanation found = await scene.ExplainAsync(source, TestHost.HostIPv4, port);
        bool answeredFound = await FlowScene.TryAsync(scene.OpenerOf(who), TestHost.HostIPv4, port, expected: true);

        Assert.Equal((FlowVerdict.Dropped, "policy drop", true), (lost.Verdict, lost.Decision?.Rule?.Text, lost.Decision?.IsAnswer));
        Assert.False(answeredLost);
        Assert.Contains("host, the answer", lost.ToString(), StringComparison.Ordinal);
        Assert.Equal((FlowVerdict.Allowed, true), (found.Verdict, answeredFound));
        Assert.DoesNotContain(found.Steps, static step => step.IsAnswer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_false_address_is_dropped_by_the_guard_where_there_is_one(bool guarded)
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        string lie = "172.17.200.200";
        FlowScene.Opener open = await scene.OpenerOfLiarAsync(guarded ? "b" : "u", lie);

        FlowExplanation explanation = await scene.ExplainAsync(FlowSource.Endpoint(scene.Endpoint(guarded ? "b" : "u").Id, IPAddress.Parse(lie)), scene.IPv4("a"), "80/udp");
        int before = scene.Visits("a");
        await FlowScene.TryAsync(open, scene.IPv4("a"), "80/udp", expected: false);

        Assert.Equal(guarded ? FlowVerdict.Dropped : FlowVerdict.Allowed, explanation.Verdict);
        Assert.Equal(guarded ? 0 : 1, scene.Visits("a") - before);
        Assert.Equal(guarded ? "from another" : "endpoints of one network", explanation.Decision?.Rule?.Comment);
    }

    [Fact]
    public async Task What_is_sent_from_the_address_on_another_network_is_dropped_at_the_port_that_it_leaves_by()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        ISandbox both = scene.World.Controller.GetSandbox("b");
        await scene.World.Controller.GetNetwork("db").AttachAsync(both, new EndpointSpec { Name = "b2" }, cancellationToken: Cancel);

        FlowExplanation wrong = await scene.ExplainAsync(scene.From("b"), scene.IPv4("d"), "80/udp");
        FlowExplanation right = await scene.ExplainAsync(scene.From("b2"), scene.IPv4("d"), "80/udp");

        Assert.Equal((FlowVerdict.Dropped, "from another"), (wrong.Verdict, wrong.Decision?.Rule?.Comment));
        Assert.Equal(FlowVerdict.Allowed, right.Verdict);
        Assert.False(await FlowScene.TryAsync(FlowScene.Bound(both, scene.IPv4("b")), scene.IPv4("d"), "80/udp", expected: false));
        Assert.True(await FlowScene.TryAsync(FlowScene.Bound(both, scene.IPv4("b2")), scene.IPv4("d"), "80/udp", expected: true));
    }

    [Fact]
    public async Task A_container_that_routes_for_others_is_followed_as_far_as_its_own_port()
    {
        const string Far = "198.51.100.1";
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber sender = Disturber.In(scene.World.Controller.GetSandbox("b").NamespacePath);
        await sender.RouteAsync(route => route.Batch.AddRoute(new RouteSpec
        {
            Destination = IPNetwork.Parse(Far + "/32"), Gateway = IPAddress.Parse(scene.IPv4("a")), OutputInterface = Disturber.IndexOf(route, "eth0"),
        }));
        FlowExplanation host = await scene.ExplainAsync(scene.From("b"), Far);
        await using Disturber router = Disturber.In(scene.World.Controller.GetSandbox("a").NamespacePath);
        await router.SetSysctlAsync("net/ipv4/ip_forward", "1");

        FlowExplanation explanation = await scene.ExplainAsync(scene.From("b"), Far);

        Assert.Equal((FlowVerdict.Unreachable, "sandbox \"a\""), (host.Verdict, host.Decision?.Place));
        Assert.Contains("forwarding is off", host.Decision!.Text, StringComparison.Ordinal);
        Assert.Equal((FlowVerdict.Dropped, "from another"), (explanation.Verdict, explanation.Decision?.Rule?.Comment));
        Assert.Equal(["sandbox \"b\"", "host", "sandbox \"a\"", "host"], explanation.Steps.Select(static step => step.Place).Aggregate(
            new List<string>(), static (places, place) => places.LastOrDefault() == place ? places : [.. places, place]));
    }

    [Fact]
    public async Task An_endpoint_in_the_hosts_namespace_is_the_host_and_one_without_a_bridge_is_refused()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        INetworkController controller = scene.World.Controller;
        INetwork hostNetwork = await controller.CreateNetworkAsync(new NetworkSpec { Name = "host", Driver = "host" }, Cancel);
        ISandbox shared = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "h", UseHostNamespace = true }, Cancel);
        await hostNetwork.AttachAsync(shared, new EndpointSpec { Name = "h" }, cancellationToken: Cancel);
        INetwork none = await controller.CreateNetworkAsync(new NetworkSpec { Name = "none", Driver = "null" }, Cancel);
        await none.AttachAsync(await scene.World.SandboxAsync("n"), new EndpointSpec { Name = "n" }, cancellationToken: Cancel);

        FlowExplanation explanation = await scene.ExplainAsync(scene.From("h"), scene.IPv4("a"));
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            () => scene.ExplainAsync(FlowSource.Endpoint(scene.Endpoint("n").Id, IPAddress.Loopback), scene.IPv4("a")));

        Assert.Equal((FlowVerdict.Allowed, "host"), (explanation.Verdict, explanation.Steps[0].Place));
        Assert.Equal(NetworkErrorKind.NotSupported, refused.Kind);
    }

    [Theory]
    [InlineData("a", "80/tcp", true)]
    [InlineData("a", "80/udp", true)]
    [InlineData("a", "81/tcp", false)]
    [InlineData("u", "80/udp", false)]
    public async Task Whether_a_socket_waits_at_the_end_is_told(string receiver, string port, bool waits)
    {
        await using FlowScene scene = await FlowScene.CreateAsync();

        FlowExplanation four = await scene.ExplainAsync(scene.From("b"), scene.IPv4(receiver), port);
        FlowExplanation six = await scene.ExplainAsync(scene.From("b"), scene.IPv6(receiver), port);

        Assert.All([four, six], static explanation => Assert.True(explanation.IsAllowed));
        Assert.All([four, six], explanation => Assert.NotEqual(waits, explanation.Steps[^1].Text.EndsWith("where no socket is known to wait for it", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_table_that_sleeps_and_one_that_wakes_up_are_told_apart()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await Nft.RunAsync(scene.World.Host, "add table inet theirs { flags dormant; }; add chain inet theirs f { type filter hook forward priority 0; policy drop; }");
        FlowExplanation asleep = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        bool arrives = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: true);
        await Nft.RunAsync(scene.World.Host, "add table inet theirs");

        FlowExplanation awake = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");

        Assert.Equal((FlowVerdict.Allowed, true), (asleep.Verdict, arrives));
        Assert.Equal(FlowVerdict.Dropped, awake.Verdict);
        Assert.False(await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: false));
    }

    [Fact]
    public async Task Chains_at_an_interface_are_said_not_to_be_seen()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await Nft.RunAsync(scene.World.Host, "add table netdev theirs; add chain netdev theirs early { type filter hook ingress device wire0 priority 0; policy drop; }");

        FlowExplanation explanation = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");

        Assert.Equal("what chain netdev theirs early says, which sees packets at an interface", Assert.Single(explanation.Unknowns));
    }

    [Fact]
    public async Task A_refusal_is_told_from_a_drop()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber host = Disturber.In(scene.World.Host.NamespacePath);
        await host.ChangeRulesAsync(static (_, rules) =>
        {
            rules.AddTable(NftFamily.Inet, Table);
            rules.AddBaseChain(NftFamily.Inet, Table, "out", NftHook.Output, NftChainType.Filter, 0);
            rules.AddRule(NftFamily.Inet, Table, "out", new NftRule().L4Proto(6).DestinationPort(80).RejectWithTcpReset());
        });

        FlowExplanation refused = await scene.ExplainAsync(FlowSource.Host, scene.IPv4("a"));
        FlowExplanation other = await scene.ExplainAsync(FlowSource.Host, scene.IPv4("a"), "80/udp");

        Assert.Equal((FlowVerdict.Rejected, "reject"), (refused.Verdict, refused.Decision?.Rule?.Verdict));
        Assert.Equal(FlowVerdict.Allowed, other.Verdict);
        Assert.False(await FlowScene.TryAsync(scene.OpenerOf("host"), scene.IPv4("a"), "80/tcp", expected: false));
        Assert.True(await FlowScene.TryAsync(scene.OpenerOf("host"), scene.IPv4("a"), "80/udp", expected: true));
    }

    [Fact]
    public async Task A_condition_that_cannot_be_known_is_said_and_makes_the_verdict_unknown_only_if_it_matters()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber host = Disturber.In(scene.World.Host.NamespacePath);
        await host.ChangeRulesAsync(static (_, rules) =>
        {
            rules.AddTable(NftFamily.Inet, Table);
            rules.AddBaseChain(NftFamily.Inet, Table, "forward", NftHook.Forward, NftChainType.Filter, -10);
            rules.AddRule(NftFamily.Inet, Table, "forward", new NftRule().L4Proto(6).Match(NftLoad.SourcePort, (ushort)4711).Drop());
            rules.AddRule(NftFamily.Inet, Table, "forward", new NftRule().Limit(5, NftLimitUnit.Second).Log("seen"));
        });

        FlowExplanation any = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        FlowExplanation datagram = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/udp");
        FlowExplanation lost = await scene.ExplainAsync(scene.From("d"), scene.IPv4("a"));
        FlowExplanation known = await scene.World.Controller.ExplainAsync(
            new Flow { Source = FlowScene.Outside(), Destination = IPAddress.Parse(TestHost.HostIPv4), Port = TransportPort.Parse("8080/tcp"), SourcePort = 4712 }, Cancel);

        Assert.Equal(FlowVerdict.Unknown, any.Verdict);
        Assert.Null(any.Decision);
        Assert.Contains("inet theirs forward: meta l4proto tcp th sport 4711 drop", Assert.Single(any.Unknowns), StringComparison.Ordinal);
        Assert.Equal((FlowVerdict.Allowed, 0), (datagram.Verdict, datagram.Unknowns.Count));
        Assert.Equal((FlowVerdict.Dropped, 1), (lost.Verdict, lost.Unknowns.Count));
        Assert.Equal((FlowVerdict.Allowed, 0), (known.Verdict, known.Unknowns.Count));
    }

    [Fact]
    public async Task Sets_of_one_rule_with_ranges_are_read()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await Nft.RunAsync(scene.World.Host, "add table inet theirs; add chain inet theirs f { type filter hook forward priority -5; }; add rule inet theirs f ip daddr { 172.16.0.0/12, 10.0.0.0/8 } tcp dport { 22, 70-90 } drop");

        FlowExplanation dropped = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        FlowExplanation passed = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/udp");

        Assert.Equal((FlowVerdict.Dropped, "theirs"), (dropped.Verdict, dropped.Decision?.Rule?.Table));
        Assert.Contains("{ ", dropped.Decision!.Rule!.Text, StringComparison.Ordinal);
        Assert.Equal(FlowVerdict.Allowed, passed.Verdict);
        Assert.False(await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "8080/tcp", expected: false));
    }

    [Fact]
    public async Task An_element_that_stands_for_all_keys_counts_after_the_others()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await Nft.RunAsync(scene.World.Host, "add table inet theirs; add chain inet theirs f { type filter hook forward priority -5; }; add rule inet theirs f ct state established accept; add rule inet theirs f th dport vmap { 80 : accept, * : drop }");
        await Nft.RunAsync(scene.World.Host, "add chain inet theirs i { type filter hook input priority -5; }; add rule inet theirs i th dport vmap { 22 : accept, * : drop }");

        FlowExplanation named = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "8080/tcp");
        FlowExplanation other = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "9999/tcp");

        Assert.Equal(FlowVerdict.Allowed, named.Verdict);
        Assert.Equal((FlowVerdict.Dropped, "drop"), (other.Verdict, other.Decision?.Rule?.Verdict));
    }

    [Fact]
    public async Task The_text_of_a_rule_is_one_that_nft_takes()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        List<FlowExplanation> explanations = [];
        foreach (string destination in (string[])["127.0.0.1", TestHost.HostIPv4, TestHost.HostIPv6])
        {
            explanations.Add(await scene.ExplainAsync(FlowSource.Host, destination, "8080/tcp"));
        }

        explanations.Add(await scene.ExplainAsync(scene.From("a"), TestHost.HostIPv4, "8080/tcp"));
        explanations.Add(await scene.ExplainAsync(scene.From("a"), TestHost.OutsideIPv4));
        explanations.Add(await scene.ExplainAsync(scene.From("d"), scene.IPv4("a")));
        explanations.Add(await scene.ExplainAsync(scene.From("l"), scene.IPv4("q")));
        explanations.Add(await scene.ExplainAsync(FlowSource.Endpoint(scene.Endpoint("b").Id, IPAddress.Parse(scene.IPv4("u"))), scene.IPv4("a")));
        FlowRule[] rules = [.. explanations.SelectMany(static explanation => explanation.Steps).Select(static step => step.Rule).OfType<FlowRule>()
            .Where(static rule => !rule.Text.Contains("\"\"", StringComparison.Ordinal)).Distinct()];   // nft has no word for "no interface"
        string script = Path.Combine(scene.World.Host.Folder, "rules.nft");
        await File.WriteAllLinesAsync(
            script,
            [
                "add chain inet libnetwork copy", "add chain bridge libnetwork copy",
                .. rules.Select(static rule => $"add rule {rule.Family} {rule.Table} copy {rule.Text} comment \"{rule.Comment}\""),
            ],
            Cancel);

        await Nft.RunAsync(scene.World.Host, $"-f {script}");

        File.Delete(script);
        Assert.InRange(rules.Length, 8, 20);
    }

    [Fact]
    public async Task A_chain_that_translates_early_does_so_at_the_kernels_place()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await Nft.RunAsync(scene.World.Host, $"add table ip theirs; add chain ip theirs n {{ type nat hook prerouting priority -190; }}; add rule ip theirs n tcp dport 9090 dnat to {scene.IPv4("a")}:80");
        FlowExplanation open = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "9090/tcp");
        bool arrivedOpen = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "9090/tcp", expected: true);
        await Nft.RunAsync(scene.World.Host, $"add chain ip theirs f {{ type filter hook prerouting priority -150; }}; add rule ip theirs f ip daddr {TestHost.HostIPv4} tcp dport 9090 drop");

        FlowExplanation closed = await scene.ExplainAsync(FlowScene.Outside(), TestHost.HostIPv4, "9090/tcp");
        bool arrivedClosed = await FlowScene.TryAsync(scene.OpenerOf("outside"), TestHost.HostIPv4, "9090/tcp", expected: false);

        Assert.Equal((FlowVerdict.Allowed, true), (open.Verdict, arrivedOpen));
        Assert.Equal((FlowVerdict.Dropped, false), (closed.Verdict, arrivedClosed));
    }

    [Theory]
    [InlineData("net/ipv4/ip_forward", TestHost.HostIPv4)]
    [InlineData("net/ipv6/conf/all/forwarding", TestHost.HostIPv6)]
    public async Task Without_forwarding_nothing_gets_through_and_that_is_said(string key, string address)
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        FlowSource outside = FlowScene.Outside(address == TestHost.HostIPv4 ? TestHost.OutsideIPv4 : TestHost.OutsideIPv6);
        FlowExplanation before = await scene.ExplainAsync(outside, address, "8080/tcp");
        await scene.World.WriteSysctlAsync(key, "0");

        FlowExplanation after = await scene.ExplainAsync(outside, address, "8080/tcp");

        Assert.Equal(FlowVerdict.Allowed, before.Verdict);
        Assert.Equal((FlowVerdict.Unreachable, FlowStepKind.Obstacle), (after.Verdict, after.Decision?.Kind));
        Assert.Contains("forwarding is off", after.Decision!.Text, StringComparison.Ordinal);
        Assert.False(await FlowScene.TryAsync(scene.OpenerOf("outside"), address, "8080/tcp", expected: false));
    }

    [Fact]
    public async Task A_source_that_cannot_come_by_its_interface_is_named()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await scene.World.WriteSysctlAsync("net/ipv4/conf/all/rp_filter", "1");

        FlowExplanation explanation = await scene.ExplainAsync(FlowScene.Outside(scene.IPv4("b")), TestHost.HostIPv4, "8080/tcp");

        Assert.Equal(FlowVerdict.Unreachable, explanation.Verdict);
        Assert.Contains("rp_filter", explanation.Decision!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_that_is_down_is_named()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber inside = Disturber.In(scene.World.Controller.GetSandbox("a").NamespacePath);
        await inside.ChangeLinkAsync("eth0", new LinkChange { Up = false });

        FlowExplanation explanation = await scene.ExplainAsync(scene.From("b"), scene.IPv4("a"));

        Assert.Equal((FlowVerdict.Unreachable, FlowStepKind.Obstacle), (explanation.Verdict, explanation.Decision?.Kind));
        Assert.Contains("is down", explanation.Decision!.Text, StringComparison.Ordinal);
        Assert.False(await FlowScene.TryAsync(scene.OpenerOf("b"), scene.IPv4("a"), "80/tcp", expected: false));
    }

    [Fact]
    public async Task A_rule_inside_the_receivers_sandbox_counts_too()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        await using Disturber inside = Disturber.In(scene.World.Controller.GetSandbox("a").NamespacePath);
        await inside.ChangeRulesAsync(static (_, rules) =>
        {
            rules.AddTable(NftFamily.Inet, Table);
            rules.AddBaseChain(NftFamily.Inet, Table, "input", NftHook.Input, NftChainType.Filter, 0, NftPolicy.Drop);
        });

        FlowExplanation explanation = await scene.ExplainAsync(scene.From("b"), scene.IPv4("a"));

        Assert.Equal((FlowVerdict.Dropped, "sandbox \"a\""), (explanation.Verdict, explanation.Decision?.Place));
        Assert.False(await FlowScene.TryAsync(scene.OpenerOf("b"), scene.IPv4("a"), "80/tcp", expected: false));
    }

    [Fact]
    public async Task The_way_out_is_shown_with_the_address_that_is_seen_there()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();

        FlowExplanation explanation = await scene.ExplainAsync(scene.From("a"), TestHost.OutsideIPv4, "9/udp");
        IPAddress? seen = await Traffic.SendAsync(
            scene.OpenerOf("a").Invoke, scene.OpenerOf("outside").Invoke, IPAddress.Parse(TestHost.OutsideIPv4), Waiting.Patience);

        Assert.Equal(FlowVerdict.Allowed, explanation.Verdict);
        FlowStep translation = Assert.Single(explanation.Steps, static step => step.Kind == FlowStepKind.Translation);
        Assert.Equal(("masquerade", seen), (translation.Rule?.Verdict, translation.Source.Address));
        Assert.Equal(FlowStepKind.Arrival, explanation.Steps[^1].Kind);
    }

    [Fact]
    public async Task A_resolver_is_reached_by_another_port_inside()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();

        FlowExplanation explanation = await scene.ExplainAsync(scene.From("a"), "127.0.0.11", "53/udp");

        Assert.Equal(FlowVerdict.Allowed, explanation.Verdict);
        Assert.NotEqual(53, explanation.Steps[^1].Destination.Port);
        Assert.All(explanation.Steps, static step => Assert.Equal("sandbox \"a\"", step.Place));
        Assert.Contains(explanation.Steps, static step => step.Rule is { IsOurs: true });
    }

    [Fact]
    public async Task What_cannot_be_explained_is_refused_with_the_reason()
    {
        await using FlowScene scene = await FlowScene.CreateAsync();
        INetwork quiet = scene.World.Controller.GetNetwork("quiet");
        IEndpoint idle = await quiet.CreateEndpointAsync(new EndpointSpec { Name = "idle" }, Cancel);
        FlowSource a = scene.From("a");

        await RefusedAsync(NetworkErrorKind.NotFound, null, FlowSource.Endpoint(EndpointId.New()), scene.IPv4("a"));
        await RefusedAsync(NetworkErrorKind.Forbidden, null, FlowSource.Endpoint(idle.Id), scene.IPv4("a"));
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Destination", scene.From("q"), scene.IPv6("a"));
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Source", FlowScene.Outside(), TestHost.HostIPv6);
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Destination", a, "224.0.0.1");
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Destination", a, "ff02::1");
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Destination", a, "0.0.0.0");
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Port", a, scene.IPv4("b"), new TransportPort(0, TransportProtocol.Tcp));
        await RefusedAsync(NetworkErrorKind.InvalidArgument, "Port", a, scene.IPv4("b"), new TransportPort(80, (TransportProtocol)1));
        await RefusedAsync(NetworkErrorKind.NotFound, null, FlowSource.Outside(new InterfaceName("eth9"), IPAddress.Loopback), scene.IPv4("a"));

        async Task RefusedAsync(NetworkErrorKind kind, string? field, FlowSource source, string destination, TransportPort? port = null)
        {
            NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => scene.World.Controller.ExplainAsync(
                new Flow { Source = source, Destination = IPAddress.Parse(destination), Port = port ?? TransportPort.Parse("80") }, Cancel));
            Assert.Equal((kind, field), (refused.Kind, refused.Field));
        }
    }
}
