using System.Net;
using System.Net.Sockets;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>On a host whose packet rules are the user's affair: nothing is touched, and the rules that are needed are told.</summary>
[Trait("Category", "Kernel")]
public sealed class FirewallScriptTests
{
    private const string Table = "libnetwork";

    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);
    private static readonly IPAddress OutsideIPv4 = IPAddress.Parse(TestHost.OutsideIPv4);

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "GN-05")]
    public async Task What_nft_makes_of_the_text_is_what_our_own_firewall_makes()
    {
        await using World world = await World.CreateAsync();
        await FillAsync(world.Firewall);

        string script = await world.Controller.GetFirewallScriptAsync(Cancel);
        using TestHost other = await TestHost.CreateAsync();
        await HostProgram.RunAsync(other, "nft -f -", script);
        await HostProgram.RunAsync(other, "nft -f -", script);   // it takes the place of what it made before
        NftRuleset ours = WithoutEgress(await ReadAsync(world.Host)), loaded = await ReadAsync(other);

        Assert.Equal([(NftFamily.Inet, Table), (NftFamily.Bridge, Table)], loaded.Tables.Select(static table => (table.Family, table.Name)));
        Assert.Empty(ours.Tables.SelectMany(table => LoadedTable.Differences(table, loaded.Find(table.Family, table.Name)!)));   // both are there

        // The controls: the comparison sees another verdict, another element, and each set of the table is in use.
        await HostProgram.RunAsync(other, "nft -f -", ReplaceFirst(ReplaceFirst(script, "drop comment", "accept comment"), "\"br-plain\"", "\"br-other\""));
        NftRuleset wrong = await ReadAsync(other);
        Assert.Equal(2, LoadedTable.Differences(ours.Tables[0], wrong.Tables[0]).Count());
        Assert.All(ours.Tables.SelectMany(static table => table.Sets), static set => Assert.NotEmpty(set.Elements));
    }

    [Fact, Trait("Feature", "GN-05")]
    public async Task A_policy_that_nft_has_no_words_for_is_refused_and_never_left_out()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox a = await world.SandboxAsync("a");
        IEndpoint endpoint = await web.AttachAsync(a, new EndpointSpec { Name = "a", Egress = EgressPolicy.DenyAll }, cancellationToken: Cancel);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.GetFirewallScriptAsync(Cancel));
        await endpoint.UpdateEgressAsync(null, Cancel);

        Assert.Equal(NetworkErrorKind.NotSupported, refused.Kind);
        Assert.NotEmpty(await world.Controller.GetFirewallScriptAsync(Cancel));
    }

    [Fact, Trait("Feature", "GN-05")]
    public async Task Where_rules_are_the_users_affair_a_policy_is_refused_and_nothing_is_left()
    {
        await using World world = await World.CreateConfiguredAsync(static options => options.Firewall = FirewallMode.None);
        INetwork web = await world.NetworkAsync("web");
        ISandbox a = await world.SandboxAsync("a");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            () => web.AttachAsync(a, new EndpointSpec { Name = "a", Egress = EgressPolicy.DenyAll }, cancellationToken: Cancel));

        Assert.Equal((NetworkErrorKind.NotSupported, nameof(EndpointSpec.Egress)), (refused.Kind, refused.Field));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a refusal");
    }

    [Fact, Trait("Feature", "GN-05")]
    public async Task Without_networks_the_text_takes_away_what_it_made()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        string full = await world.Controller.GetFirewallScriptAsync(Cancel);
        await web.DeleteAsync(Cancel);

        string empty = await world.Controller.GetFirewallScriptAsync(Cancel);
        await HostProgram.RunAsync(world.Host, "nft -f -", full);
        Assert.NotEmpty((await ReadAsync(world.Host)).Tables);
        await HostProgram.RunAsync(world.Host, "nft -f -", empty);

        Assert.Empty((await ReadAsync(world.Host)).Tables);
    }

    [Fact, Trait("Feature", "GN-05")]
    public async Task A_name_that_nft_cannot_write_is_refused_and_never_becomes_part_of_a_rule()
    {
        await using World world = await World.CreateAsync();
        await world.Firewall.AddNetworkAsync(new FirewallNetwork { Id = NetworkId.New(), Interface = new InterfaceName("b\",accept,\"") }, Cancel);

        NetworkException refusal = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.GetFirewallScriptAsync(Cancel));

        Assert.Equal(NetworkErrorKind.NotSupported, refusal.Kind);
        Assert.NotNull(refusal.Remedy);
    }

    [Theory, Trait("Feature", "GN-05")]
    [InlineData(FirewallMode.None)]
    [InlineData(FirewallMode.Nftables)]
    public async Task No_verb_touches_packet_rules_when_they_are_the_users_affair(FirewallMode mode)
    {
        await using World world = await World.CreateConfiguredAsync(
            options =>
            {
                options.Firewall = mode;
                options.ForeignFirewall = ForeignFirewall.Integrate;
                options.Reconcile = true;
            },
            static host => HostProgram.RunAsync(host, "nft -f -", "table ip theirs { chain f { type filter hook forward priority 0; policy drop; }; }"));
        uint before = await GenerationAsync(world);

        INetwork web = await world.NetworkAsync("web", static spec => spec with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" } });
        INetwork closed = await world.NetworkAsync("closed", static spec => spec with { Internal = true });
        (ISandbox a, _) = await world.PublishAsync(web, "a", "8080:80/tcp", "9000-9010:9000-9010/udp");
        await world.PublishAsync(closed, "b");
        string routesLoopback = await world.ReadSysctlAsync($"net/ipv4/conf/br-{web.Id.Value[..12]}/route_localnet");
        Diagnosis diagnosis = await world.Controller.DiagnoseAsync(Cancel);
        await a.DeleteAsync(Cancel);
        await world.RestartAsync();
        await world.Controller.GetNetwork("web").DeleteAsync(Cancel);
        await Task.Delay(ReconciliationScene.Quiet, Cancel);
        uint after = await GenerationAsync(world);

        Assert.Equal(mode == FirewallMode.None, before == after);
        Assert.Equal(mode == FirewallMode.None ? "0" : "1", routesLoopback);   // what only rules make safe is left out
        Assert.Equal(mode == FirewallMode.None, diagnosis.Findings.Any(static finding => finding.Kind == FindingKind.ForeignDrop));
        Assert.DoesNotContain(diagnosis.Findings, static finding => finding.Kind == FindingKind.FirewallChanged);
    }

    [Fact, Trait("Feature", "GN-05")]
    public async Task Once_the_text_is_loaded_it_publishes_and_protects_as_our_own_firewall_does()
    {
        await using World world = await World.CreateConfiguredAsync(static options => options.Firewall = FirewallMode.None);
        INetwork web = await world.NetworkAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.90.0.0/24") }], EnableIPv6 = false });
        (ISandbox a, IEndpoint target) = await world.PublishAsync(web, "a", "8080:80/tcp");
        INetwork other = await world.NetworkAsync("other", static spec => spec with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" } });
        (ISandbox b, _) = await world.PublishAsync(other, "b");
        (ISandbox c, IEndpoint silent) = await world.PublishAsync(other, "c");
        await world.RouteOutsideAsync("10.90.0.0/24", TestHost.HostIPv4);
        await using EchoServer server = EchoServer.Start(a.OpenSocket, 80, "a");
        IPAddress forged = IPAddress.Parse("10.90.0.77");
        await world.InKernelAsync(session => AddAddress(session, forged), a.NamespacePath);

        bool[] open = await TryAsync();
        string? portBefore = await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080, expected: false);
        await HostProgram.RunAsync(world.Host, "nft -f -", await world.Controller.GetFirewallScriptAsync(Cancel));
        bool[] closed = await TryAsync();
        string? port4 = await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080);
        string? port6 = await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080);
        IPAddress? seen = await Traffic.SendAsync(b.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv4, Patience);
        IPAddress? own = await Traffic.SendAsync(a.OpenSocket, world.Host.Namespace.OpenSocket, target.State.GatewayIPv4!, Patience);

        Assert.Equal([true, true, true, true], open);   // nothing protects before, and each way is a way
        Assert.Equal([false, false, false, false], closed);
        Assert.Null(portBefore);
        Assert.Equal($"a to {TestHost.OutsideIPv4}", port4);
        Assert.StartsWith("a to ", port6, StringComparison.Ordinal);   // by the relay
        Assert.Equal(IPAddress.Parse(TestHost.HostIPv4), seen);
        Assert.NotNull(own);

        async Task<bool[]> TryAsync() =>
        [
            await Traffic.SendAsync(world.Host.Outside.OpenSocket, a.OpenSocket, target.State.IPv4!.Value.Address, Silence) is not null,   // unasked from outside
            await Traffic.SendAsync(b.OpenSocket, a.OpenSocket, target.State.IPv4.Value.Address, Silence) is not null,   // between networks
            await Traffic.SendAsync(b.OpenSocket, c.OpenSocket, silent.State.IPv4!.Value.Address, Silence) is not null,   // without inter-container communication
            await Traffic.SendAsync(OpenForged, world.Host.Namespace.OpenSocket, target.State.GatewayIPv4!, Silence) is not null,   // in another's name
        ];

        Socket OpenForged(AddressFamily family, SocketType type, ProtocolType protocol)
        {
            Socket socket = a.OpenSocket(family, type, protocol);
            socket.Bind(new IPEndPoint(forged, 0));
            return socket;
        }
    }

    private static string ReplaceFirst(string text, string old, string by)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + by + text[(at + old.Length)..];
    }

    /// <summary>Something in each set.</summary>
    private static async Task FillAsync(INetworkFirewall firewall)
    {
        FirewallFamily nat4 = new() { Subnet = Subnet.Parse("10.0.0.0/24") }, nat6 = new() { Subnet = Subnet.Parse("fd00::/64"), SourceAddress = IPAddress.Parse(TestHost.HostIPv6) };
        FirewallNetwork web = new() { Id = NetworkId.New(), Interface = new InterfaceName("br-web"), IPv4 = nat4, IPv6 = nat6, TrustedInterfaces = [new InterfaceName("eth*")] };
        FirewallNetwork routed = new()
        {
            Id = NetworkId.New(), Interface = new InterfaceName("br-routed"), InterContainer = false,
            IPv4 = new FirewallFamily { Subnet = Subnet.Parse("10.0.1.0/24"), Routed = true, SourceAddress = IPAddress.Parse(TestHost.HostIPv4) },
            IPv6 = new FirewallFamily { Subnet = Subnet.Parse("fd00:1::/64"), Routed = true, Masquerade = false },
        };
        FirewallNetwork closed = new() { Id = NetworkId.New(), Interface = new InterfaceName("br-closed"), Internal = true, IPv4 = nat4 };
        FirewallNetwork plain = new() { Id = NetworkId.New(), Interface = new InterfaceName("br-plain"), IPv6 = new FirewallFamily { Subnet = Subnet.Parse("fd00:2::/64") } };
        foreach (FirewallNetwork network in (FirewallNetwork[])[web, routed, closed, plain])
        {
            await firewall.AddNetworkAsync(network, Cancel);
        }

        IPAddress four = IPAddress.Parse("10.0.1.2"), six = IPAddress.Parse("fd00:1::2"), next = IPAddress.Parse("10.0.1.3");
        await firewall.AddEndpointAsync(new FirewallEndpoint(routed.Id, EndpointId.New(), new InterfaceName("veth1"))
        {
            OwnsSegment = true, Identity = new FirewallIdentity(MacAddress.Parse("02:42:0a:00:01:02"), [four, six, IPAddress.Parse("fe80::1")]),
        }, Cancel);
        await firewall.AddLinkAsync(new FirewallLink(routed.Id, four, next, new TransportPort(80, TransportProtocol.Tcp)), Cancel);
        PortRange one = new(80), row = new(9000, 9010), otherRow = new(19000, 19002);
        List<FirewallPort> ports = [new(routed.Id, TransportProtocol.Tcp, four, otherRow) { HostAddress = IPAddress.Loopback, HostPorts = otherRow }];
        foreach ((IPAddress container, IPAddress any, string host) in new[] { (four, IPAddress.Any, TestHost.HostIPv4), (six, IPAddress.IPv6Any, TestHost.HostIPv6) })
        {
            IPAddress own = IPAddress.Parse(host);
            ports.Add(new(routed.Id, TransportProtocol.Tcp, container, one) { HostAddress = any, HostPorts = new PortRange(8080), HasRelay = true });
            ports.Add(new(routed.Id, TransportProtocol.Sctp, container, one) { HostAddress = own, HostPorts = new PortRange(8081) });
            ports.Add(new(routed.Id, TransportProtocol.Udp, container, row) { HostAddress = any, HostPorts = row });
            ports.Add(new(routed.Id, TransportProtocol.Tcp, container, row) { HostAddress = own, HostPorts = row });
            ports.Add(new(routed.Id, TransportProtocol.Tcp, container, otherRow) { HostAddress = own, HostPorts = new PortRange(29000, 29002) });
        }

        await firewall.ChangePortsAsync(ports, [], Cancel);
    }

    private static void AddAddress(KernelSession session, IPAddress address)
    {
        LinkInfo inside = session.Route.DumpLinks().Single(static link => link.Name.StartsWith("eth", StringComparison.Ordinal));
        session.Route.Batch.AddAddress(inside.Index, address, 24);
        session.Route.Execute();
    }

    private static async Task<NftRuleset> ReadAsync(TestHost host)
    {
        await using Disturber reader = Disturber.In(host.NamespacePath);
        return await reader.ReadAsync(static session => session.Nftables.ReadRuleset(family: null, Table));
    }

    /// <summary>The tables without the rules and sets of egress policies, which are not told: nobody has one.</summary>
    private static NftRuleset WithoutEgress(NftRuleset rules)
    {
        string[] sets = ["restricted", "reach", "named", "namedprotocol", "namedport"];
        return rules with
        {
            Tables = [.. rules.Tables.Select(table => table with
            {
                Sets = [.. table.Sets.Where(set => !sets.Contains(set.Name.TrimEnd('4', '6')))],
                Chains = [.. table.Chains.Where(static chain => !chain.Name.StartsWith("egress", StringComparison.Ordinal)).Select(static chain => chain with
                {
                    Rules = [.. chain.Rules.Where(static rule => rule.Rule.Comment != "what an endpoint with a policy may reach")],
                })],
            })],
        };
    }

    private static async Task<uint> GenerationAsync(World world)
    {
        await using Disturber reader = Disturber.In(world.Host.NamespacePath);
        return await reader.ReadAsync(static session => session.Nftables.ReadGeneration());
    }
}
