using LibNetwork.Drivers.Bridge;
using LibNetwork.Drivers.Macvlan;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Who may have an egress policy, and what becomes of it.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "FW-20")]
public sealed class EgressLifeTests
{
    private const int Port = 8080;

    private static readonly Dictionary<string, EgressRule> Bad = new(StringComparer.Ordinal)
    {
        ["a name and a destination"] = new EgressRule { Name = "www.example.org", Destination = Subnet.Parse("192.0.2.0/24") },
        ["a port without a protocol"] = new EgressRule { Ports = new PortRange(80) },
        ["a protocol that is none"] = new EgressRule { Protocol = (TransportProtocol)7 },
        ["port 0"] = new EgressRule { Protocol = TransportProtocol.Tcp, Ports = default(PortRange) },
        ["a private address that is none"] = new EgressRule { Destination = Subnet.Parse("10.0.0.0/8"), MayBePrivate = true },
        ["a name that is none"] = new EgressRule { Name = "www..example.org" },
        ["a pattern in the middle"] = new EgressRule { Name = "www.*.org" },
        ["a name of the machine itself"] = new EgressRule { Name = "localhost" },
        ["more ports than a name may have"] = EgressRule.Parse("www.example.org:1-65"),
        ["an empty name"] = new EgressRule { Name = string.Empty },
    };

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string> BadRules => [.. Bad.Keys];

    [Theory, MemberData(nameof(BadRules))]
    public async Task A_rule_that_means_nothing_is_refused_and_leaves_nothing(string what)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        EgressPolicy policy = new() { Allowed = [Bad[what]] };

        NetworkException refused = await Refusal.AssertAsync(
            world, NetworkErrorKind.InvalidArgument, () => web.AttachAsync(sandbox, new EndpointSpec { Name = "e", Egress = policy }, cancellationToken: Cancel));
        IEndpoint control = await web.AttachAsync(sandbox, new EndpointSpec { Name = "e", Egress = EgressPolicy.Allow("www.example.org") }, cancellationToken: Cancel);
        NetworkException later = await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => control.UpdateEgressAsync(policy, Cancel));

        Assert.Equal((nameof(EndpointSpec.Egress), nameof(EndpointSpec.Egress)), (refused.Field, later.Field));
        Assert.Equal("www.example.org", control.State.Egress?.ToString());
    }

    [Fact]
    public async Task More_rules_than_the_firewall_should_hold_and_names_without_a_resolver_are_refused()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        EndpointSpec spec = new() { Name = "e" };

        await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => AttachAsync(spec with { Egress = Many(129) }));
        await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => AttachAsync(
            spec with { Egress = EgressPolicy.Allow("www.example.org"), Discovery = new ServiceDiscovery.EndpointDiscovery { DisableResolver = true } }));
        await AttachAsync(spec with { Egress = Many(128), Discovery = new ServiceDiscovery.EndpointDiscovery { DisableResolver = true } });

        Task<IEndpoint> AttachAsync(EndpointSpec asked) => web.AttachAsync(sandbox, asked, cancellationToken: Cancel);

        // Addresses with all ports and ports of all addresses cross in as many places as there are of both.
        await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => web.GetEndpoint("e").UpdateEgressAsync(Crossing(60), Cancel));
        await web.GetEndpoint("e").UpdateEgressAsync(Crossing(20), Cancel);

        static EgressPolicy Crossing(int count) => new()
        {
            Allowed = [.. Enumerable.Range(1, count).SelectMany(static i => (EgressRule[])[EgressRule.Parse($"198.51.{2 * i}.0/24"), EgressRule.Parse($"*:{2 * i}")])],
        };

        static EgressPolicy Many(int count) => new() { Allowed = [.. Enumerable.Range(0, count).Select(static i => EgressRule.Parse($"198.51.{i / 250}.{i % 250}:{i + 1}"))] };
    }

    [Theory]
    [InlineData("macvlan")]
    [InlineData("host")]
    [InlineData("null")]
    public async Task A_driver_whose_packets_pass_no_rules_of_ours_refuses_a_policy(string driver)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync(driver, spec => driver == "macvlan"
            ? spec with { Driver = driver, EnableIPv6 = false, Options = new Dictionary<string, string> { [MacvlanLabels.Parent] = TestHost.WireName } }
            : spec with { Driver = driver });
        ISandbox sandbox = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c", UseHostNamespace = driver == "host" }, Cancel);

        NetworkException refused = await Refusal.AssertAsync(world, NetworkErrorKind.NotSupported, () => network.AttachAsync(
            sandbox, new EndpointSpec { Name = "e", Egress = EgressPolicy.DenyAll }, cancellationToken: Cancel));
        IEndpoint control = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        await Refusal.AssertAsync(world, NetworkErrorKind.NotSupported, () => control.UpdateEgressAsync(EgressPolicy.DenyAll, Cancel));

        Assert.Equal(nameof(EndpointSpec.Egress), refused.Field);
        Assert.Contains(driver, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_may_use_any_address_has_no_policy(bool saysEndpoint)
    {
        Dictionary<string, string> unguarded = new() { [BridgeLabels.SourceGuard] = "false" };
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web", spec => saysEndpoint ? spec : spec with { Options = unguarded });
        ISandbox sandbox = await world.SandboxAsync("c");
        EndpointSpec spec = new() { Name = "e", Options = saysEndpoint ? unguarded : [] };

        NetworkException refused = await Refusal.AssertAsync(world, NetworkErrorKind.NotSupported, () => web.AttachAsync(
            sandbox, spec with { Egress = EgressPolicy.DenyAll }, cancellationToken: Cancel));
        IEndpoint control = await web.AttachAsync(sandbox, spec, cancellationToken: Cancel);
        await Refusal.AssertAsync(world, NetworkErrorKind.NotSupported, () => control.UpdateEgressAsync(EgressPolicy.DenyAll, Cancel));

        Assert.Equal(nameof(EndpointSpec.Egress), refused.Field);
        Assert.Contains(BridgeLabels.SourceGuard, refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_on_a_bridge_of_somebody_else_has_no_policy()
    {
        await using World world = await World.CreateAsync();
        await world.InKernelAsync(static session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "br-own", Up = true });
            session.Route.Execute();
        });
        INetwork own = await world.NetworkAsync("own", static spec => spec with { Options = new Dictionary<string, string> { [BridgeLabels.BridgeName] = "br-own" } });
        INetwork ours = await world.NetworkAsync("ours", static spec => spec with { Options = new Dictionary<string, string> { [BridgeLabels.BridgeName] = "br-ours" } });
        ISandbox sandbox = await world.SandboxAsync("c");
        EndpointSpec spec = new() { Name = "e", Egress = EgressPolicy.DenyAll };

        NetworkException refused = await Refusal.AssertAsync(world, NetworkErrorKind.NotSupported, () => own.AttachAsync(sandbox, spec, cancellationToken: Cancel));
        await ours.AttachAsync(sandbox, spec, cancellationToken: Cancel);

        Assert.Equal(nameof(EndpointSpec.Egress), refused.Field);
        Assert.Contains("br-own", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "none")]
    [InlineData("192.0.2.2:8080, *.example.org:443/tcp", "192.0.2.2/32:8080/tcp, *.example.org:443/tcp")]
    public async Task The_label_says_the_same_and_wins(string label, string expected)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        EndpointSpec spec = new() { Name = "e", Egress = EgressPolicy.Allow("*"), Options = new Dictionary<string, string> { [NetworkLabels.Egress] = label } };
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one"), other = EchoServer.Start(world.Host.Outside.OpenSocket, Port + 1, "two");

        IEndpoint endpoint = await web.AttachAsync(sandbox, spec, cancellationToken: Cancel);

        Assert.Equal(expected, endpoint.State.Egress?.ToString());
        Assert.Equal(label != "none", await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port) is not null);
        Assert.Null(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port + 1));
    }

    [Fact]
    public async Task A_label_that_is_no_policy_is_refused()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");

        foreach (string label in (string[])["", "192.0.2.0/33", "a b", "www.example.org:", "10.0.0.0/8:80/icmp"])
        {
            NetworkException refused = await Refusal.AssertAsync(world, NetworkErrorKind.InvalidArgument, () => web.AttachAsync(
                sandbox, new EndpointSpec { Name = "e", Options = new Dictionary<string, string> { [NetworkLabels.Egress] = label } }, cancellationToken: Cancel));
            Assert.Equal(NetworkLabels.Egress, refused.Field);
        }
    }

    [Fact]
    public async Task After_a_restart_the_same_holds_also_when_the_rules_are_made_anew()
    {
        await using World world = await World.CreateDurableAsync();
        INetwork web = await world.NetworkAsync("web");
        await world.RestrictAsync(web, "a", EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{Port}"));
        await world.RestrictAsync(web, "b", EgressPolicy.DenyAll);
        await world.RestrictAsync(web, "free", null);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        string before = await world.EgressSetsAsync();

        foreach (Func<Task> meanwhile in (Func<Task>[])[static () => Task.CompletedTask, () => Nft.RunAsync(world.Host, "delete table inet libnetwork")])
        {
            RestoreReport report = await world.RestartAsync(meanwhile);

            Assert.Empty(report.Failures);
            Assert.Equal(before, await world.EgressSetsAsync());
            foreach ((string name, bool isOpen) in new[] { ("a", true), ("b", false), ("free", true) })
            {
                Assert.Equal(isOpen, await Asker.TcpAsync(world.Controller.GetSandbox(name).OpenSocket, TestHost.OutsideIPv4, Port) is not null);
            }
        }
    }

    [Fact]
    public async Task When_the_store_loses_its_state_a_policy_becomes_an_empty_one_until_it_is_told_anew()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await world.RestrictAsync(web, "always", EgressPolicy.Allow($"{TestHost.OutsideIPv4}"));
        await world.RestrictAsync(web, "later", null);
        await world.RestrictAsync(web, "earlier", EgressPolicy.DenyAll);
        await web.GetEndpoint("later").UpdateEgressAsync(EgressPolicy.Allow($"{TestHost.OutsideIPv4}"), Cancel);
        await web.GetEndpoint("earlier").UpdateEgressAsync(null, Cancel);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        INetworkStore store = world.Store;

        RestoreReport report = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));

        Assert.Empty(report.NotRebuilt);
        Assert.Equal(2, report.Rebuilt.Count(static line => line.Contains("what it may reach", StringComparison.Ordinal)));
        foreach ((string name, bool isOpen) in new[] { ("always", false), ("later", false), ("earlier", true) })
        {
            Assert.Equal(isOpen, await Asker.TcpAsync(world.Controller.GetSandbox(name).OpenSocket, TestHost.OutsideIPv4, Port) is not null);
        }

        await world.Controller.GetNetwork("web").GetEndpoint("always").UpdateEgressAsync(EgressPolicy.Allow($"{TestHost.OutsideIPv4}"), Cancel);
        Assert.NotNull(await Asker.TcpAsync(world.Controller.GetSandbox("always").OpenSocket, TestHost.OutsideIPv4, Port));
    }

    [Fact]
    public async Task The_automatic_way_out_leads_round_no_policy()
    {
        PolicyTakingDriver driver = new();
        await using World world = await World.CreateAsync(faults: null, driver);
        INetwork overlay = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "overlay", Driver = driver.Name }, Cancel);
        ISandbox sandbox = await world.RestrictAsync(overlay, "a", EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{Port}"));
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one"), other = EchoServer.Start(world.Host.Outside.OpenSocket, Port + 1, "two");

        Assert.NotNull(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port));
        Assert.Null(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port + 1));

        await overlay.GetEndpoint("a").UpdateEgressAsync(EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{Port + 1}"), Cancel);
        Assert.Null(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port));
        Assert.NotNull(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port + 1));

        await overlay.GetEndpoint("a").UpdateEgressAsync(null, Cancel);
        Assert.NotNull(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port));
    }

    [Fact]
    public async Task An_endpoint_whose_cable_is_replaced_keeps_its_policy()
    {
        await using World world = await World.CreateReconcilingAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox sandbox = await world.RestrictAsync(web, "a", EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{Port}"));
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one"), other = EchoServer.Start(world.Host.Outside.OpenSocket, Port + 1, "two");
        string before = await world.EgressSetsAsync();

        await world.InKernelAsync(static session =>
        {
            session.Route.Batch.DeleteLink(session.Route.DumpLinks().Single(static link => link.Name.StartsWith("veth", StringComparison.Ordinal)).Name);
            session.Route.Execute();
        });
        string? answer = null;
        for (int tries = 0; tries < 50 && answer is null; tries++)
        {
            answer = await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port, expected: false);
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        }

        Assert.NotNull(answer);
        Assert.Null(await Asker.TcpAsync(sandbox.OpenSocket, TestHost.OutsideIPv4, Port + 1));
        Assert.Equal(before, await world.EgressSetsAsync());
    }
}
