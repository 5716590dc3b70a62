using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Cni.Tests;

/// <summary>ADD and DEL as a runtime calls them, with real traffic.</summary>
[Trait("Category", "Kernel")]
public sealed class AttachmentTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;

    [Fact, Trait("Feature", "CI-01"), Trait("Feature", "CI-04")]
    public async Task Two_containers_reach_each_other_the_host_and_the_outside_and_DEL_leaves_nothing()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration();
        _ = (host.Container("one"), host.Container("two"));
        IReadOnlyList<string> before = await host.SnapshotAsync();

        CniAnswer one = (await host.AddAsync("one", configuration)).MustBeGood();
        CniAnswer two = (await host.AddAsync("two", configuration)).MustBeGood();
        IPAddress? seen = await Traffic.SendAsync(host.From("one"), host.From("two"), AddressOf(two), Patience);
        bool reachesHost = await Ping.SendAsync(host.From("one"), "10.88.0.1");
        IPAddress? seenOutside = await Traffic.SendAsync(host.From("one"), host.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        (await host.DelAsync("one", configuration)).MustBeGood();
        (await host.DelAsync("two", configuration)).MustBeGood();

        Assert.Equal(AddressOf(one), seen);
        Assert.True(reachesHost);
        Assert.Equal(TestHost.HostIPv4, seenOutside?.ToString());   // masqueraded
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Theory, Trait("Feature", "CI-02")]
    [InlineData("0.3.0", "4", false)]
    [InlineData("0.3.1", "4", false)]
    [InlineData("0.4.0", "4", false)]
    [InlineData("1.0.0", null, false)]
    [InlineData("1.1.0", null, true)]
    public async Task The_result_has_the_form_of_its_version(string version, string? family, bool tellsMtu)
    {
        using CniHost host = await CniHost.CreateAsync();

        JsonElement result = (await host.AddAsync("c", host.Configuration(("cniVersion", version), ("mtu", 1400)))).MustBeGood().Json;

        JsonElement[] interfaces = [.. result.GetProperty("interfaces").EnumerateArray()];
        JsonElement address = Assert.Single(result.GetProperty("ips").EnumerateArray());
        LinkInfo inside = await LinkAsync(host, "c");
        Assert.Equal(version, result.GetProperty("cniVersion").GetString());
        Assert.Equal("cni0", interfaces[0].GetProperty("name").GetString());
        Assert.StartsWith("veth", interfaces[1].GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal(("eth0", host.Container("c").Path), (interfaces[2].GetProperty("name").GetString(), interfaces[2].GetProperty("sandbox").GetString()));
        Assert.Equal(new MacAddress(inside.PhysicalAddress.GetAddressBytes()).ToString(), interfaces[2].GetProperty("mac").GetString());
        Assert.False(interfaces[0].TryGetProperty("sandbox", out _));
        Assert.Equal(tellsMtu, interfaces[2].TryGetProperty("mtu", out _));
        Assert.Equal(1400u, inside.Mtu);
        Assert.Equal(("10.88.0.2/16", "10.88.0.1", 2), (address.GetProperty("address").GetString(), address.GetProperty("gateway").GetString(), address.GetProperty("interface").GetInt32()));
        Assert.Equal(family, address.TryGetProperty("version", out JsonElement told) ? told.GetString() : null);
        Assert.Equal("0.0.0.0/0", Assert.Single(result.GetProperty("routes").EnumerateArray()).GetProperty("dst").GetString());
        Assert.Equal(JsonValueKind.Object, result.GetProperty("dns").ValueKind);
    }

    [Fact]
    public async Task A_network_of_both_families_works_in_both()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration(("ipam", JsonNode.Parse("""
            { "ranges": [[{ "subnet": "10.88.0.0/16" }], [{ "subnet": "fd00:88::/64" }]], "routes": [{ "dst": "0.0.0.0/0" }, { "dst": "::/0" }] }
            """)));

        CniAnswer one = (await host.AddAsync("one", configuration)).MustBeGood();
        CniAnswer two = (await host.AddAsync("two", configuration)).MustBeGood();
        IPAddress?[] seen =
        [
            await Traffic.SendAsync(host.From("one"), host.From("two"), AddressOf(two), Patience),
            await Traffic.SendAsync(host.From("one"), host.From("two"), AddressOf(two, 1), Patience),
        ];

        Assert.Equal(["10.88.0.2/16", "fd00:88::2/64"], one.Addresses);
        Assert.Equal([AddressOf(one), AddressOf(one, 1)], seen);
    }

    [Fact, Trait("Feature", "CI-01")]
    public async Task A_mapped_port_leads_to_the_container_until_DEL()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration(("runtimeConfig", JsonNode.Parse("""{ "portMappings": [{ "hostPort": 8080, "containerPort": 80, "protocol": "udp" }] }""")));
        (await host.AddAsync("c", configuration)).MustBeGood();

        bool arrivesBefore = await ArrivesAsync(host);
        CniAnswer second = await host.AddAsync("other", configuration);
        (await host.DelAsync("c", configuration)).MustBeGood();
        (await host.AddAsync("c", host.Configuration())).MustBeGood();
        bool arrivesAfter = await ArrivesAsync(host);

        Assert.True(arrivesBefore);
        Assert.Equal(102, second.Code);
        Assert.Contains("8080", second.Message, StringComparison.Ordinal);
        Assert.False(arrivesAfter);
    }

    [Fact, Trait("Feature", "CI-01")]
    public async Task A_runtime_may_hold_the_ports_itself()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration(("runtimeConfig", JsonNode.Parse("""{ "portMappings": [{ "hostPort": 8080, "containerPort": 80, "protocol": "udp" }] }""")));
        (await host.AddAsync("c", configuration)).MustBeGood();
        using System.Net.Sockets.Socket held = host.Host.Namespace.OpenSocket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        held.Bind(new IPEndPoint(IPAddress.Any, 8080));   // as Podman does once the container runs

        CniAnswer other = (await host.AddAsync("other", host.Configuration())).MustBeGood();
        bool arrives = await ArrivesAsync(host);
        CniAnswer deleted = (await host.DelAsync("c", configuration)).MustBeGood();

        Assert.True(arrives);
        Assert.All([other, deleted], static answer => Assert.Empty(answer.Errors));
    }

    [Theory, Trait("Feature", "CI-01")]
    [InlineData("runtime")]
    [InlineData("convention")]
    [InlineData("argument")]
    public async Task A_container_gets_the_addresses_that_are_asked_for(string way)
    {
        using CniHost host = await CniHost.CreateAsync();
        JsonNode? wishes = JsonNode.Parse("""{ "ips": ["10.88.7.7/16"], "mac": "02:00:00:00:07:07" }""");
        (string configuration, string? arguments) = way switch
        {
            "runtime" => (host.Configuration(("runtimeConfig", wishes)), null),
            "convention" => (host.Configuration(("args", new JsonObject { ["cni"] = wishes })), null),
            _ => (host.Configuration(), "IgnoreUnknown=1;K8S_POD_NAME=p;IP=10.88.7.7;MAC=02:00:00:00:07:07"),
        };

        CniAnswer added = (await host.AddAsync("c", configuration, arguments: arguments)).MustBeGood();
        CniAnswer taken = await host.AddAsync("other", configuration, arguments: arguments);

        Assert.Equal(["10.88.7.7/16"], added.Addresses);
        Assert.Equal("02:00:00:00:07:07", new MacAddress((await LinkAsync(host, "c")).PhysicalAddress.GetAddressBytes()).ToString());
        Assert.Equal(102, taken.Code);
    }

    [Fact, Trait("Feature", "CI-01")]
    public async Task Routes_lead_where_the_configuration_says_and_nowhere_else()
    {
        using CniHost host = await CniHost.CreateAsync();
        JsonNode? routes = JsonNode.Parse("""
            { "ranges": [[{ "subnet": "10.88.0.0/16" }]], "routes": [{ "dst": "10.200.0.0/16" }, { "dst": "10.201.0.0/16", "gw": "10.88.0.9" }] }
            """);

        (await host.AddAsync("routed", host.Configuration(("ipam", routes)))).MustBeGood();
        string configuration = host.Configuration(("name", "all"), ("bridge", "cni1"), ("isDefaultGateway", true), ("ipam", JsonNode.Parse("""{ "subnet": "10.89.0.0/16" }""")));
        CniAnswer everywhere = (await host.AddAsync("everywhere", configuration)).MustBeGood();

        Assert.Equal(["10.200.0.0/16 10.88.0.1", "10.201.0.0/16 10.88.0.9"], await RoutesAsync(host, "routed"));
        Assert.Equal(["0.0.0.0/0 10.89.0.1"], await RoutesAsync(host, "everywhere"));
        Assert.Equal("0.0.0.0/0", Assert.Single(everywhere.Json.GetProperty("routes").EnumerateArray()).GetProperty("dst").GetString());
    }

    [Fact, Trait("Feature", "CI-10"), Trait("Feature", "CI-09")]
    public async Task Addresses_come_from_the_range_and_its_end_is_an_error_that_leaves_nothing()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration(("ipam", JsonNode.Parse("""
            { "ranges": [[{ "subnet": "10.88.0.0/24", "rangeStart": "10.88.0.50", "rangeEnd": "10.88.0.51", "gateway": "10.88.0.254" }]] }
            """)));
        CniAnswer one = (await host.AddAsync("one", configuration)).MustBeGood();
        CniAnswer two = (await host.AddAsync("two", configuration)).MustBeGood();
        _ = host.Container("three");
        IReadOnlyList<string> before = await host.SnapshotAsync();

        CniAnswer three = await host.AddAsync("three", configuration);
        IReadOnlyList<string> after = await host.SnapshotAsync();
        CniAnswer status = await host.CallAsync("STATUS", configuration);
        (await host.DelAsync("one", configuration)).MustBeGood();
        CniAnswer statusThen = await host.CallAsync("STATUS", configuration);
        CniAnswer again = (await host.AddAsync("three", configuration)).MustBeGood();

        Assert.Equal(["10.88.0.50/24", "10.88.0.51/24"], [.. one.Addresses, .. two.Addresses]);
        Assert.Equal((101, 50, null), (three.Code, status.Code, statusThen.Code));
        Assert.Equal(before, after);
        Assert.Equal(["10.88.0.50/24"], again.Addresses);
    }

    [Fact, Trait("Feature", "CI-10")]
    public async Task A_network_stays_as_it_was_made_while_it_has_containers()
    {
        using CniHost host = await CniHost.CreateAsync();
        string now = host.Configuration(), then = host.Configuration(("mtu", 1400));
        (await host.AddAsync("one", now)).MustBeGood();

        CniAnswer refused = await host.AddAsync("two", then);
        CniAnswer status = await host.CallAsync("STATUS", then);
        (await host.DelAsync("one", then)).MustBeGood();
        CniAnswer accepted = await host.AddAsync("two", then);

        Assert.Equal((102, 50, null), (refused.Code, status.Code, accepted.Code));
    }

    [Fact]
    public async Task A_container_may_be_on_several_networks_and_leaves_one_at_a_time()
    {
        using CniHost host = await CniHost.CreateAsync();
        string web = host.Configuration(), data = host.Configuration(("name", "data"), ("bridge", "cni1"), ("ipam", JsonNode.Parse("""{ "subnet": "10.89.0.0/16" }""")));
        (await host.AddAsync("c", web)).MustBeGood();
        (await host.AddAsync("c", data, "net1")).MustBeGood();
        CniAnswer twice = await host.AddAsync("c", web, "net2");

        (await host.DelAsync("c", web, "other")).MustBeGood();   // not its interface
        bool stays = await Ping.SendAsync(host.From("c"), "10.88.0.1");
        (await host.DelAsync("c", web)).MustBeGood();
        bool isGone = !await Ping.SendAsync(host.From("c"), "10.88.0.1");
        bool otherStays = await Ping.SendAsync(host.From("c"), "10.89.0.1");

        Assert.Equal(102, twice.Code);
        Assert.Equal((true, true, true), (stays, isGone, otherStays));
    }

    [Fact, Trait("Feature", "CI-02")]
    public async Task What_plugins_before_made_stays_in_the_result()
    {
        using CniHost host = await CniHost.CreateAsync();
        string configuration = host.Configuration(("prevResult", JsonNode.Parse("""
            { "cniVersion": "1.1.0", "interfaces": [{ "name": "ext0", "sandbox": "/x" }], "ips": [{ "address": "192.0.2.9/24", "interface": 0 }], "dns": { "nameservers": ["192.0.2.53"] } }
            """)));

        JsonElement result = (await host.AddAsync("c", configuration)).MustBeGood().Json;

        Assert.Equal(["ext0", "cni0", "eth0"], result.GetProperty("interfaces").EnumerateArray().Select(static link => link.GetProperty("name").GetString()!)
            .Where(static name => !name.StartsWith("veth", StringComparison.Ordinal)));
        Assert.Equal([0, 3], result.GetProperty("ips").EnumerateArray().Select(static ip => ip.GetProperty("interface").GetInt32()));
        Assert.Equal("192.0.2.53", result.GetProperty("dns").GetProperty("nameservers")[0].GetString());
    }

    [Fact]
    public async Task A_reference_plugin_takes_the_result_in_its_chain()
    {
        Assert.SkipUnless(File.Exists(CniHost.ReferencePlugins + "/tuning"), "the reference plugins are not installed (Debian: containernetworking-plugins)");
        using CniHost host = await CniHost.CreateAsync();
        CniAnswer added = (await host.AddAsync("c", host.Configuration(("cniVersion", "1.0.0")))).MustBeGood();
        string chained = new JsonObject
        {
            ["cniVersion"] = "1.0.0", ["name"] = "web", ["type"] = "tuning", ["mtu"] = 1300, ["dataDir"] = host.Host.Folder, ["prevResult"] = JsonNode.Parse(added.Output),
        }.ToJsonString();

        CniAnswer tuned = await host.CallAsync("ADD", "c", chained, "eth0", host.Container("c").Path, plugin: CniHost.ReferencePlugins + "/tuning");

        Assert.True(tuned.ExitCode == 0, tuned.Output + tuned.Errors);
        Assert.Equal(added.Addresses, tuned.Addresses);
        Assert.Equal(1300u, (await LinkAsync(host, "c")).Mtu);
    }

    private static IPAddress AddressOf(CniAnswer added, int position = 0) => InterfaceAddress.Parse(added.Addresses[position]).Address;

    private static async Task<bool> ArrivesAsync(CniHost host)
    {
        using System.Net.Sockets.Socket server = host.From("c")(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Any, 80));
        using System.Net.Sockets.Socket client = host.Host.Outside.OpenSocket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        client.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse(TestHost.HostIPv4), 8080));
        using CancellationTokenSource limit = new(Patience);
        try
        {
            return await server.ReceiveAsync(new byte[16].AsMemory(), limit.Token) == 5;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<LinkInfo> LinkAsync(CniHost host, string id)
    {
        LinkInfo? link = null;
        await host.InContainerAsync(id, session => link = session.Route.FindLink("eth0"));
        return link ?? throw new InvalidOperationException("no eth0");
    }

    private static async Task<string[]> RoutesAsync(CniHost host, string id)
    {
        string[] routes = [];
        await host.InContainerAsync(id, session => routes =
            [.. session.Route.DumpRoutes().Where(static route => route.Gateway is not null).Select(static route => $"{route.Destination} {route.Gateway}").Order(StringComparer.Ordinal)]);
        return routes;
    }
}
