using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What an endpoint may reach because of a name: what its own resolver found for it, as long as that is good.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "FW-21")]
public sealed class EgressNameTests
{
    private const int Port = 8080, OtherPort = 8081;

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(AddressFamily.InterNetwork, false)]
    [InlineData(AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetworkV6, false)]
    [InlineData(AddressFamily.InterNetworkV6, true)]
    public async Task What_a_name_leads_to_is_open_when_the_answer_comes_and_not_before(AddressFamily family, bool byStream)
    {
        bool isIPv4 = family == AddressFamily.InterNetwork;
        string target = isIPv4 ? TestHost.OutsideIPv4 : TestHost.OutsideIPv6;
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => target);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one", family), other = EchoServer.Start(world.Host.Outside.OpenSocket, OtherPort, "two", family);
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow($"www.example.org:{Port}")), b = await world.RestrictAsync(web, "b", EgressPolicy.Allow("www.example.org"));
        DnsClient client = new(a.OpenSocket);
        DnsRecordType type = isIPv4 ? DnsRecordType.A : DnsRecordType.Aaaa;

        Assert.Null(await Asker.TcpAsync(a.OpenSocket, target, Port));
        await client.AskAsync("other.example.org", type);
        Assert.Null(await Asker.TcpAsync(a.OpenSocket, target, Port));

        DnsReply reply = byStream ? await client.AskByStreamAsync("WWW.example.org", type) : await client.AskAsync("WWW.example.org", type);

        Assert.Equal([target], reply.Data);
        Assert.NotNull(await Asker.TcpAsync(a.OpenSocket, target, Port));
        Assert.Null(await Asker.UdpAsync(a.OpenSocket, target, Port, expected: false));
        Assert.Null(await Asker.TcpAsync(a.OpenSocket, target, OtherPort));
        Assert.Null(await Asker.TcpAsync(b.OpenSocket, target, Port));   // it has not asked

        await new DnsClient(b.OpenSocket).AskAsync("www.example.org", type);
        Assert.NotNull(await Asker.TcpAsync(b.OpenSocket, target, OtherPort));
        Assert.NotNull(await Asker.UdpAsync(b.OpenSocket, target, Port));
    }

    [Theory]
    [InlineData("*.example.org", "www.example.org", true)]
    [InlineData("*.example.org", "a.b.Example.ORG", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", "www.badexample.org", false)]
    [InlineData("*.example.org", "www.example.org.evil.net", false)]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "www.example.org", false)]
    public async Task A_pattern_means_the_names_below_and_no_others(string pattern, string name, bool isMeant)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.OutsideIPv4);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow(pattern));

        await new DnsClient(a.OpenSocket).AskAsync(name);

        Assert.Equal(isMeant, await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port) is not null);
    }

    [Fact]
    public async Task An_alias_counts_as_the_name_that_was_asked_for()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await File.WriteAllTextAsync(world.ResolvConfPath, $"nameserver {TestHost.OutsideIPv4}\n", Cancel);
        await using FakeDnsServer names = new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 53), query => [(TimeSpan.Zero, DnsText.Reply(
            query, 0,
            (DnsText.QuestionOf(query), DnsRecordType.Cname, DnsText.Name("cdn.example.net")),
            ("cdn.example.net", DnsRecordType.A, IPAddress.Parse(TestHost.OutsideIPv4).GetAddressBytes())))]);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("www.example.org"));
        ISandbox b = await world.RestrictAsync(web, "b", EgressPolicy.Allow("cdn.example.net"));

        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");
        await new DnsClient(b.OpenSocket).AskAsync("www.example.org");

        Assert.NotNull(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));
        Assert.Null(await Asker.TcpAsync(b.OpenSocket, TestHost.OutsideIPv4, Port));
    }

    [Fact]
    public async Task An_answer_that_has_grown_old_opens_nothing_new_and_flows_go_on()
    {
        await using World world = await World.CreateResolvingAsync(static dns => dns.LeastEgressTime = TimeSpan.FromSeconds(1));
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.OutsideIPv4, seconds: 1);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("www.example.org"));
        DnsClient client = new(a.OpenSocket);
        await client.AskAsync("www.example.org");
        using Socket flow = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.NotNull(await Asker.UdpAsync(flow, TestHost.OutsideIPv4, Port));

        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);

        Assert.Null(await Asker.UdpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port, expected: false));
        Assert.NotNull(await Asker.UdpAsync(flow, TestHost.OutsideIPv4, Port));

        await client.AskAsync("www.example.org");
        Assert.NotNull(await Asker.UdpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(60, 60)]
    [InlineData(86400, 3600)]
    public async Task The_time_of_an_answer_has_a_floor_and_a_ceiling_and_the_client_hears_of_the_ceiling(int seconds, int expected)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.OutsideIPv4, seconds);
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("www.example.org"));

        DnsReply reply = await new DnsClient(a.OpenSocket).AskAsync("www.example.org");

        Assert.Equal((uint)Math.Min(seconds, expected), reply.Answers[0].TimeToLive);
        string listed = await Nft.RunAsync(world.Host, "list set inet libnetwork named4");
        Assert.Contains($"timeout {expected switch { 30 => "30s", 60 => "1m", _ => "1h" }}", listed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("10.1.2.3")]
    [InlineData("172.18.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("64:ff9b::a00:1")]
    public async Task A_public_name_opens_nothing_that_is_not_public(string address)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, name => name == "good.example.org" ? TestHost.OutsideIPv4 : address);
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("*.example.org"));
        DnsClient client = new(a.OpenSocket);
        DnsRecordType type = address.Contains(':', StringComparison.Ordinal) ? DnsRecordType.Aaaa : DnsRecordType.A;

        Assert.NotEmpty((await client.AskAsync("bad.example.org", type)).Answers);
        string named = await world.NamedAsync();
        Assert.DoesNotContain("elements", named, StringComparison.Ordinal);

        await client.AskAsync("good.example.org");
        Assert.Contains(TestHost.OutsideIPv4, await world.NamedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_opens_neither_the_host_nor_what_is_behind_its_published_ports()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web"), data = await world.NetworkAsync("data");
        (ISandbox database, _) = await world.PublishAsync(data, "database", "8081:80/tcp");
        await using EchoServer behind = EchoServer.Start(database.OpenSocket, 80, "database"), host = EchoServer.Start(world.Host.Namespace.OpenSocket, Port, "host");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.HostIPv4);
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("*.example.org private"));
        ISandbox control = await world.RestrictAsync(web, "control", EgressPolicy.Allow(TestHost.HostIPv4));

        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");

        foreach ((ISandbox sandbox, bool isOpen) in new[] { (a, false), (control, true) })
        {
            Assert.Equal(isOpen, await Asker.TcpAsync(sandbox.OpenSocket, TestHost.HostIPv4, Port) is not null);
            Assert.Equal(isOpen, await Asker.TcpAsync(sandbox.OpenSocket, TestHost.HostIPv4, OtherPort) is not null);
        }
    }

    [Fact]
    public async Task A_name_leads_to_a_private_address_only_if_its_rule_says_so()
    {
        const string Private = "10.9.9.9";
        await using World world = await World.CreateAsync();
        await world.MoreOutsideAsync(Private);
        await world.InKernelAsync(static session =>
        {
            session.Route.Batch.AddRoute(new RouteSpec
            {
                Destination = IPNetwork.Parse("10.9.9.0/24"), Gateway = IPAddress.Parse(TestHost.OutsideIPv4), OutputInterface = session.Route.FindLink(TestHost.WireName)!.Index,
            });
            session.Route.Execute();
        });
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => Private);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("www.example.org")), b = await world.RestrictAsync(web, "b", EgressPolicy.Allow("www.example.org private"));

        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");
        await new DnsClient(b.OpenSocket).AskAsync("www.example.org");

        Assert.Null(await Asker.TcpAsync(a.OpenSocket, Private, Port));
        Assert.NotNull(await Asker.TcpAsync(b.OpenSocket, Private, Port));
    }

    [Fact]
    public async Task What_was_found_stays_open_over_a_restart_and_goes_with_the_endpoint()
    {
        await using World world = await World.CreateDurableAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, name => name == "www.example.org" ? TestHost.OutsideIPv4 : EgressWorld.SecondIPv4);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow($"www.example.org:{Port}", "*.example.net:1-50", $"*.example.net:{Port}"));
        ISandbox leaving = await world.RestrictAsync(web, "b", EgressPolicy.Allow("www.example.org"));
        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");
        await new DnsClient(a.OpenSocket).AskAsync("www.example.net");
        await new DnsClient(leaving.OpenSocket).AskAsync("www.example.org");
        await leaving.DeleteAsync(Cancel);
        string before = Timeless(await world.EgressSetsAsync());

        await world.RestartAsync();

        Assert.Equal(before, Timeless(await world.EgressSetsAsync()));
        Assert.Contains(TestHost.OutsideIPv4, before, StringComparison.Ordinal);
        a = world.Controller.GetSandbox("a");
        Assert.Equal($"www.example.org:{Port}/tcp, *.example.net:1-50/tcp, *.example.net:{Port}/tcp", world.Controller.GetNetwork("web").GetEndpoint("a").State.Egress?.ToString());
        Assert.NotNull(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));
        Assert.Null(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, OtherPort));

        // And is known: whoever asks again gets it for longer.
        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");
        await a.DeleteAsync(Cancel);
        Assert.DoesNotContain("elements", await world.EgressSetsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flush set inet libnetwork namedport4")]
    [InlineData("flush set inet libnetwork restricted4")]
    [InlineData("flush set inet libnetwork reach4")]
    [InlineData("flush chain inet libnetwork egress4")]
    [InlineData("delete table inet libnetwork")]
    public async Task What_others_flush_is_put_back(string command)
    {
        await using World world = await World.CreateReconcilingAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.OutsideIPv4, seconds: 300);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one"), other = EchoServer.Start(world.Host.Outside.OpenSocket, OtherPort, "two");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow($"www.example.org:{Port}", "198.51.100.0/24"));
        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");
        string before = Timeless(await world.EgressSetsAsync());

        await Nft.RunAsync(world.Host, command);

        for (int tries = 0; tries < 100 && (await world.Controller.DiagnoseAsync(Cancel)).Findings.Count > 0; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        }

        Assert.Equal(before, Timeless(await world.EgressSetsAsync()));
        Assert.NotNull(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));
        Assert.Null(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, OtherPort));
    }

    [Fact]
    public async Task What_grows_old_is_no_disturbance()
    {
        await using World world = await World.CreateResolvingAsync(static dns => dns.LeastEgressTime = TimeSpan.FromSeconds(1));
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.OutsideIPv4, seconds: 1);
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("www.example.org"));
        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");

        for (int look = 0; look < 15; look++)
        {
            Assert.Empty((await world.Controller.DiagnoseAsync(Cancel)).Findings);
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        }

        Assert.DoesNotContain("elements", await world.NamedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_stays_in_a_changed_policy_stays_open_and_one_that_does_not_is_closed()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        await using FakeDnsServer names = await ServeAsync(world, _ => TestHost.OutsideIPv4);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow("www.example.org"));
        await new DnsClient(a.OpenSocket).AskAsync("www.example.org");

        await web.GetEndpoint("a").UpdateEgressAsync(EgressPolicy.Allow("198.51.100.0/24:1-7/udp", "*.example.net:443", "www.example.org"), Cancel);
        Assert.NotNull(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));

        await web.GetEndpoint("a").UpdateEgressAsync(EgressPolicy.Allow("*.example.net"), Cancel);
        Assert.Null(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));

        await new DnsClient(a.OpenSocket).AskAsync("www.example.net");
        Assert.NotNull(await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port));
    }

    [Fact]
    public async Task The_users_servers_are_asked_though_the_endpoint_may_not_reach_them_and_only_by_a_way_out()
    {
        await using World world = await World.CreateAsync();
        await using FakeDnsServer outside = new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 5353), FakeDnsServer.Always("203.0.113.7"));
        INetwork web = await world.NetworkAsync("web"), inside = await world.NetworkAsync("inside", static spec => spec with { Internal = true });
        foreach ((INetwork network, bool hasWayOut) in new[] { (web, true), (inside, false) })
        {
            ISandbox sandbox = await world.Controller.CreateSandboxAsync(
                new SandboxSpec { ContainerId = network.Name, Dns = new SandboxDns { Servers = [new DnsServer(new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), 5353))] } }, Cancel);
            await network.AttachAsync(sandbox, new EndpointSpec { Name = "e", Egress = EgressPolicy.DenyAll }, cancellationToken: Cancel);
            int asked = outside.Asked.Count;

            DnsReply reply = await new DnsClient(sandbox.OpenSocket).AskAsync("www.example.org");

            Assert.Equal(hasWayOut, reply.Data.Contains("203.0.113.7"));
            Assert.Equal(hasWayOut, outside.Asked.Count > asked);
        }
    }

    /// <summary>A server outside that gives each name an address of the asked type, if it has one.</summary>
    private static async Task<FakeDnsServer> ServeAsync(World world, Func<string, string> addressOf, int seconds = 60)
    {
        await File.WriteAllTextAsync(world.ResolvConfPath, $"nameserver {TestHost.OutsideIPv4}\n", Cancel);
        return new FakeDnsServer(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 53), query =>
        {
            string name = DnsText.QuestionOf(query);
            byte[] address = IPAddress.Parse(addressOf(name)).GetAddressBytes();
            byte[] reply = DnsText.Reply(query, 0, (name, address.Length == 4 ? DnsRecordType.A : DnsRecordType.Aaaa, address));
            BinaryPrimitives.WriteInt32BigEndian(reply.AsSpan()[^(address.Length + 6)..], seconds);
            return [(TimeSpan.Zero, reply)];
        });
    }

    /// <summary>The list without what passes with time, and in an order of its own.</summary>
    private static string Timeless(string listed)
    {
        IEnumerable<string> parts = listed.Split([',', '\n', '{', '}']).Select(static part => part.Split(" timeout ")[0].Trim());
        return string.Join('\n', parts.Where(static part => part.Length > 0).Order(StringComparer.Ordinal));
    }
}
