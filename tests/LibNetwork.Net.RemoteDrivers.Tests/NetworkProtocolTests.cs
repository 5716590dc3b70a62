using System.Net;
using System.Text.Json.Nodes;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Remote;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>What a network plugin is asked, word by word, and what is made of its answers.</summary>
[Trait("Feature", "RM-01")]
public sealed class NetworkProtocolTests
{
    private static readonly NetworkId Network = new("n1");
    private static readonly EndpointId Endpoint = new("e1");
    private static readonly SandboxId Sandbox = new("s1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DriverNetworkRequest NetworkRequest => new()
    {
        Id = Network,
        Name = "web",
        EnableIPv6 = true,
        Internal = true,
        Pools =
        [
            new NetworkPool
            {
                PoolId = "p4", Subnet = Subnet.Parse("10.1.0.0/24"), Gateway = IPAddress.Parse("10.1.0.1"),
                Reserved = new Dictionary<string, IPAddress> { ["router"] = IPAddress.Parse("10.1.0.9") },
            },
            new NetworkPool { PoolId = "p6", Subnet = Subnet.Parse("fd00::/64") },
        ],
        Options = new Dictionary<string, string> { ["com.example.colour"] = "red" },
    };

    private static DriverEndpointRequest EndpointRequest => new()
    {
        NetworkId = Network,
        Id = Endpoint,
        Name = "one",
        IPv4 = InterfaceAddress.Parse("10.1.0.5/24"),
        ExposedPorts = [TransportPort.Parse("53/udp")],
        PortBindings = [PortBinding.Parse("192.0.2.1:8080-8081:80-81/tcp"), PortBinding.Parse("7000-7009:90")],
        Options = new Dictionary<string, string> { ["com.example.size"] = "big" },
    };

    private static DriverJoinRequest JoinRequest => new()
    {
        NetworkId = Network,
        EndpointId = Endpoint,
        SandboxId = Sandbox,
        NamespacePath = "/run/netns/s1",
        NamespaceDescriptor = -1,
        InterfaceName = new InterfaceName("eth0"),
        SandboxOptions = new Dictionary<string, string> { ["com.example.who"] = "me" },
    };

    [Fact]
    public async Task A_life_is_told_in_the_protocols_words()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("NetworkDriver.CreateEndpoint", """{"Interface":{"Address":"","AddressIPv6":"fd00::5/64","MacAddress":"02:42:0a:01:00:05"},"Other":true}""");
        plugin.Answer(
            "NetworkDriver.Join",
            """
            {"InterfaceName":{"SrcName":"vethX","DstPrefix":"wan","DstName":"ignored"},"Gateway":"10.1.0.1","GatewayIPv6":"fd00::1",
             "StaticRoutes":[{"Destination":"10.9.0.0/16","RouteType":0,"NextHop":"10.1.0.7"},{"Destination":"fd09::/64","RouteType":1,"NextHop":""}],
             "DisableGatewayService":true}
            """);
        plugin.Answer("NetworkDriver.EndpointOperInfo", """{"Value":{"com.example.port":7,"com.example.name":"x"}}""");
        INetworkDriver driver = await folder.NetworkDriverAsync();
        Assert.Equal((null, null), (plugin.Requests.First(static request => request.Verb == "Plugin.Activate").Body, plugin.Requests.First(static request => request.Verb == "NetworkDriver.GetCapabilities").Body));

        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        DriverEndpoint endpoint = await driver.CreateEndpointAsync(EndpointRequest, Cancel);
        DriverJoin join = await driver.JoinAsync(JoinRequest, Cancel);
        IReadOnlyDictionary<string, string> details = ((IEndpointDetailsDriver)driver).GetEndpointDetails(Network, Endpoint);
        IExternalConnectivityDriver ways = (IExternalConnectivityDriver)driver;
        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, new EndpointId("e2"), Cancel);
        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, Endpoint, Cancel);   // its role is the same
        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, null, null, Cancel);
        await driver.LeaveAsync(Network, Endpoint, Cancel);
        await driver.DeleteEndpointAsync(Network, Endpoint, Cancel);
        await driver.DeleteNetworkAsync(Network, Cancel);

        Equal(
            """
            {"NetworkID":"n1","Options":{"com.docker.network.generic":{"com.example.colour":"red"},"com.docker.network.enable_ipv6":true,"com.docker.network.internal":true},
             "IPv4Data":[{"AddressSpace":"LocalDefault","Pool":"10.1.0.0/24","Gateway":"10.1.0.1/24","AuxAddresses":{"router":"10.1.0.9/24"}}],
             "IPv6Data":[{"AddressSpace":"LocalDefault","Pool":"fd00::/64"}]}
            """,
            plugin.LastOf("NetworkDriver.CreateNetwork"));
        const string Ports =
            """
            [{"Proto":6,"Port":80,"HostIP":"192.0.2.1","HostPort":8080,"HostPortEnd":8080},{"Proto":6,"Port":81,"HostIP":"192.0.2.1","HostPort":8081,"HostPortEnd":8081},
             {"Proto":6,"Port":90,"HostIP":"","HostPort":7000,"HostPortEnd":7009}]
            """;
        Equal(
            $$$"""
            {"NetworkID":"n1","EndpointID":"e1","Interface":{"Address":"10.1.0.5/24","AddressIPv6":"","MacAddress":""},
             "Options":{"com.example.size":"big","com.docker.network.endpoint.exposedports":[{"Proto":17,"Port":53,"HostPort":0,"HostPortEnd":0}],"com.docker.network.portmap":{{{Ports}}}}}
            """,
            plugin.LastOf("NetworkDriver.CreateEndpoint"));
        Equal("""{"NetworkID":"n1","EndpointID":"e1","SandboxKey":"/run/netns/s1","Options":{"com.example.who":"me"}}""", plugin.LastOf("NetworkDriver.Join"));
        JsonNode programmed = plugin.LastOf("NetworkDriver.ProgramExternalConnectivity");
        Equal(Ports, programmed["Options"]!["com.docker.network.portmap"]!);
        Assert.True((bool)programmed["Options"]!["com.docker.network.driver.private.no_proxy_6to4"]!);
        Assert.Equal("me", (string?)programmed["Options"]!["com.example.who"]);
        foreach (string verb in new[] { "RevokeExternalConnectivity", "Leave", "DeleteEndpoint", "EndpointOperInfo" })
        {
            Equal("""{"NetworkID":"n1","EndpointID":"e1"}""", plugin.LastOf("NetworkDriver." + verb));
        }

        Equal("""{"NetworkID":"n1"}""", plugin.LastOf("NetworkDriver.DeleteNetwork"));
        Assert.Equal(
            ["CreateNetwork", "CreateEndpoint", "Join", "EndpointOperInfo", "ProgramExternalConnectivity", "EndpointOperInfo", "RevokeExternalConnectivity", "Leave", "DeleteEndpoint", "DeleteNetwork"],
            plugin.Verbs.Select(static verb => verb.Split('.')[1]));
        Assert.Equal((MacAddress.Parse("02:42:0a:01:00:05"), null, InterfaceAddress.Parse("fd00::5/64")), (endpoint.MacAddress, endpoint.IPv4, endpoint.IPv6));
        Assert.Equal((new InterfaceName("vethX"), "wan", false, true), (join.SourceName, join.InterfacePrefix, join.CreatedInSandbox, join.DisableGatewayService));
        Assert.Equal((IPAddress.Parse("10.1.0.1"), IPAddress.Parse("fd00::1")), (join.GatewayIPv4, join.GatewayIPv6));
        Assert.Equal([new SandboxRoute(Subnet.Parse("10.9.0.0/16"), IPAddress.Parse("10.1.0.7")), new SandboxRoute(Subnet.Parse("fd09::/64"))], join.Routes);
        Assert.Equal("7 x", $"{details["com.example.port"]} {details["com.example.name"]}");
    }

    [Fact]
    public async Task Repeated_calls_and_those_for_what_is_not_there_ask_nothing()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await folder.NetworkDriverAsync();
        await driver.DeleteNetworkAsync(Network, Cancel);
        await driver.DeleteEndpointAsync(Network, Endpoint, Cancel);
        await driver.LeaveAsync(Network, Endpoint, Cancel);
        Assert.Empty(plugin.Verbs);

        for (int i = 0; i < 2; i++)
        {
            await driver.CreateNetworkAsync(NetworkRequest, Cancel);
            await driver.CreateEndpointAsync(EndpointRequest, Cancel);
            await driver.JoinAsync(JoinRequest, Cancel);
        }

        Assert.Equal(4, plugin.Verbs.Count());
        await driver.DeleteEndpointAsync(Network, Endpoint, Cancel);
        Assert.Equal(["NetworkDriver.Leave", "NetworkDriver.DeleteEndpoint"], plugin.Verbs.Skip(4));
        await Assert.ThrowsAsync<NetworkException>(async () => await driver.JoinAsync(JoinRequest, Cancel));
    }

    [Fact]
    public async Task Verbs_that_a_plugin_need_not_know_are_done_without()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        foreach (string verb in new[] { "ProgramExternalConnectivity", "RevokeExternalConnectivity", "EndpointOperInfo", "DiscoverNew", "DiscoverDelete" })
        {
            plugin.Answer("NetworkDriver." + verb, json: null);
        }

        INetworkDriver driver = await JoinedAsync(folder);
        await ((IExternalConnectivityDriver)driver).ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel);
        await ((IExternalConnectivityDriver)driver).ProgramExternalConnectivityAsync(Network, Endpoint, null, null, Cancel);
        await ((INodeDiscoveryDriver)driver).AddNodeAsync(new DiscoveredNode(IPAddress.Parse("192.0.2.7")), Cancel);
        Assert.Single(plugin.Verbs, static verb => verb == "NetworkDriver.EndpointOperInfo");

        plugin.Answer("NetworkDriver.Leave", json: null);
        PluginException unknown = await Assert.ThrowsAsync<PluginException>(async () => await driver.LeaveAsync(Network, Endpoint, Cancel));
        Assert.Equal(NetworkErrorKind.NotSupported, unknown.Kind);
    }

    [Fact]
    public async Task Hosts_of_a_cluster_are_told()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INodeDiscoveryDriver driver = (INodeDiscoveryDriver)await folder.NetworkDriverAsync();
        DiscoveredNode node = new(IPAddress.Parse("192.0.2.7")) { BindAddress = IPAddress.Parse("10.0.0.7"), IsSelf = true };

        await driver.AddNodeAsync(node, Cancel);
        await driver.RemoveNodeAsync(node with { BindAddress = null }, Cancel);

        Equal("""{"DiscoveryType":1,"DiscoveryData":{"Address":"192.0.2.7","BindAddress":"10.0.0.7","Self":true}}""", plugin.LastOf("NetworkDriver.DiscoverNew"));
        Equal("""{"DiscoveryType":1,"DiscoveryData":{"Address":"192.0.2.7","BindAddress":"","Self":true}}""", plugin.LastOf("NetworkDriver.DiscoverDelete"));
    }

    [Fact]
    public async Task Networks_of_a_cluster_are_allocated_first_and_freed_last()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("NetworkDriver.GetCapabilities", """{"Scope":"global"}""");
        plugin.Answer("NetworkDriver.AllocateNetwork", """{"Options":{"com.example.vni":"4097"}}""");
        INetworkDriver driver = await folder.NetworkDriverAsync();
        Assert.Equal((NetworkScope.Global, NetworkScope.Global), (driver.Capabilities.DataScope, driver.Capabilities.ConnectivityScope));

        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        await driver.DeleteNetworkAsync(Network, Cancel);

        Assert.Equal(["AllocateNetwork", "CreateNetwork", "DeleteNetwork", "FreeNetwork"], plugin.Verbs.Select(static verb => verb.Split('.')[1]));
        Equal("""{"com.example.colour":"red","com.example.vni":"4097"}""", plugin.LastOf("NetworkDriver.CreateNetwork")["Options"]!["com.docker.network.generic"]!);

        plugin.Requests.Clear();
        plugin.Answer("NetworkDriver.CreateNetwork", """{"Err":"no"}""");
        await Assert.ThrowsAsync<PluginException>(async () => await driver.CreateNetworkAsync(NetworkRequest, Cancel));
        Assert.Equal(["AllocateNetwork", "CreateNetwork", "FreeNetwork"], plugin.Verbs.Select(static verb => verb.Split('.')[1]));
    }

    [Theory]
    [InlineData("""{"Scope":"local"}""", 0, false, false)]
    [InlineData("""{"Scope":"local","GwAllocChecker":true}""", 1, true, false)]
    public async Task Only_a_plugin_that_wants_to_be_is_asked_about_gateways(string capabilities, int asked, bool skipIPv4, bool skipIPv6)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("NetworkDriver.GetCapabilities", capabilities);
        plugin.Answer("NetworkDriver.GwAllocCheck", """{"SkipIPv4":true}""");
        IGatewayAllocationDriver driver = (IGatewayAllocationDriver)await folder.NetworkDriverAsync();

        Assert.Equal((skipIPv4, skipIPv6), await driver.GetGatewayNeedsAsync("web", isInternal: false, new Dictionary<string, string> { ["a"] = "b" }, Cancel));

        Assert.Equal(asked, plugin.Verbs.Count());
        if (asked > 0)
        {
            Equal("""{"a":"b"}""", plugin.LastOf("NetworkDriver.GwAllocCheck")["Options"]!["com.docker.network.generic"]!);
        }
    }

    [Theory]
    [InlineData("""{"MacAddress":"02:42:0a:01:00:05"}""", true, "although")]
    [InlineData("""{"Address":"10.1.0.6/24"}""", true, "although")]
    [InlineData("""{"Address":"10.1.0.5/24"}""", true, "although")]
    [InlineData("""{"MacAddress":"01:00:5e:00:00:01"}""", false, "no MAC address")]
    [InlineData("""{"MacAddress":"no mac"}""", false, "no MAC address")]
    [InlineData("""{"Address":"10.1.0.6"}""", false, "no address")]
    [InlineData("""{"Address":"fd00::6/64"}""", false, "no address")]
    [InlineData("""{"Address":"127.0.0.1/8"}""", false, "no address")]
    [InlineData("""{"Address":"224.0.0.1/24"}""", false, "no address")]
    [InlineData("""{"Address":"0.0.0.0/0"}""", false, "no address")]
    [InlineData("""{"Address":"10.2.0.6/24"}""", false, "in no pool")]
    [InlineData("""{"AddressIPv6":"fd01::6/64"}""", false, "in no pool")]
    [InlineData("""{"AddressIPv6":"ff02::1/64"}""", false, "no address")]
    [InlineData("""[]""", false, "not what the protocol says")]
    [InlineData("""{"Address":5}""", false, "not what the protocol says")]
    public async Task An_endpoint_that_makes_no_sense_is_taken_back(string given, bool isGiven, string expected)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await folder.NetworkDriverAsync();
        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        DriverEndpointRequest request = isGiven ? EndpointRequest with { MacAddress = MacAddress.Parse("02:00:00:00:00:01") } : EndpointRequest with { IPv4 = null };
        plugin.Answer("NetworkDriver.CreateEndpoint", $$"""{"Interface":{{given}}}""");

        PluginException wrong = await Assert.ThrowsAsync<PluginException>(async () => await driver.CreateEndpointAsync(request, Cancel));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.Equal(["CreateNetwork", "CreateEndpoint", "DeleteEndpoint"], plugin.Verbs.Select(static verb => verb.Split('.')[1]));
        plugin.Answer("NetworkDriver.CreateEndpoint", """{"Interface":null}""");
        await driver.CreateEndpointAsync(request, Cancel);
    }

    [Theory]
    [InlineData(""" "InterfaceName":{"SrcName":"../eth0","DstPrefix":"eth"} """, "SrcName")]
    [InlineData(""" "InterfaceName":{"SrcName":"a/b","DstPrefix":"eth"} """, "SrcName")]
    [InlineData(""" "InterfaceName":{"SrcName":"-n","DstPrefix":"eth"} """, "SrcName")]
    [InlineData(""" "InterfaceName":{"SrcName":"a-name-too-long-for-it","DstPrefix":"eth"} """, "SrcName")]
    [InlineData(""" "InterfaceName":{"SrcName":"veth1","DstPrefix":"e/th"} """, "DstPrefix")]
    [InlineData(""" "InterfaceName":{"SrcName":"veth1","DstPrefix":"a-prefix-of-15b"} """, "DstPrefix")]
    [InlineData(""" "Gateway":"router" """, "gateway")]
    [InlineData(""" "Gateway":"fd00::1" """, "gateway")]
    [InlineData(""" "GatewayIPv6":"10.0.0.1" """, "gateway")]
    [InlineData(""" "Gateway":"255.255.255.255" """, "gateway")]
    [InlineData(""" "StaticRoutes":[{"Destination":"somewhere","RouteType":1}] """, "no subnet")]
    [InlineData(""" "StaticRoutes":[null] """, "no subnet")]
    [InlineData(""" "StaticRoutes":[{"Destination":"10.0.0.0/8","RouteType":0,"NextHop":""}] """, "no router")]
    [InlineData(""" "StaticRoutes":[{"Destination":"10.0.0.0/8","RouteType":0,"NextHop":"fd00::1"}] """, "no router")]
    [InlineData(""" "StaticRoutes":[{"Destination":"10.0.0.0/8","RouteType":2}] """, "unknown type")]
    [InlineData(""" "InterfaceName":"eth0" """, "not what the protocol says")]
    public async Task A_join_that_makes_no_sense_is_left_again(string answer, string expected)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await folder.NetworkDriverAsync();
        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        await driver.CreateEndpointAsync(EndpointRequest, Cancel);
        plugin.Requests.Clear();
        plugin.Answer("NetworkDriver.Join", "{" + answer + "}");

        PluginException wrong = await Assert.ThrowsAsync<PluginException>(async () => await driver.JoinAsync(JoinRequest, Cancel));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.Equal(["NetworkDriver.Join", "NetworkDriver.Leave"], plugin.Verbs);
        plugin.Answer("NetworkDriver.Join", """{"InterfaceName":{"SrcName":"veth1","DstPrefix":"eth"},"StaticRoutes":null}""");
        Assert.Equal("veth1", (await driver.JoinAsync(JoinRequest, Cancel)).SourceName?.Value);
    }

    [Fact]
    public async Task What_an_earlier_process_asked_for_is_not_asked_for_again()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await folder.NetworkDriverAsync();
        IExternalConnectivityDriver ways = (IExternalConnectivityDriver)driver;

        await driver.CreateNetworkAsync(NetworkRequest with { IsRestored = true }, Cancel);
        await driver.CreateEndpointAsync(EndpointRequest with { IsRestored = true }, Cancel);
        Assert.True(await ((IRestorableDriver)driver).RestoreJoinAsync(
            new DriverRestoreRequest { NetworkId = Network, EndpointId = Endpoint, SandboxId = Sandbox, NamespacePath = "/run/netns/s1" }, Cancel));
        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, Endpoint, Cancel);
        Assert.Equal(["NetworkDriver.EndpointOperInfo"], plugin.Verbs);

        plugin.Requests.Clear();
        plugin.Answer("NetworkDriver.DeleteEndpoint", """{"Err":"never heard of it"}""");
        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, null, null, Cancel);
        await driver.DeleteEndpointAsync(Network, Endpoint, Cancel);
        await driver.DeleteNetworkAsync(Network, Cancel);
        Assert.Equal(["RevokeExternalConnectivity", "Leave", "DeleteEndpoint", "DeleteNetwork"], plugin.Verbs.Select(static verb => verb.Split('.')[1]));

        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        await driver.CreateEndpointAsync(EndpointRequest, Cancel);
        PluginException kept = await Assert.ThrowsAsync<PluginException>(async () => await driver.DeleteEndpointAsync(Network, Endpoint, Cancel));   // asked for by this one
        Assert.Equal("never heard of it", kept.Answer);
    }

    [Fact]
    public async Task Published_ports_are_what_the_plugin_describes()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await JoinedAsync(folder);
        IExternalConnectivityDriver ways = (IExternalConnectivityDriver)driver;
        plugin.Answer(
            "NetworkDriver.EndpointOperInfo", """{"Value":{"com.docker.network.portmap":[{"Proto":6,"IP":"10.1.0.5","Port":80,"HostIP":"0.0.0.0","HostPort":8080,"HostPortEnd":8080}]}}""");

        Assert.Equal(["0.0.0.0:8080:80/tcp"], (await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel)).Select(static port => port.ToString()));
        Assert.Empty(await ways.ProgramExternalConnectivityAsync(Network, Endpoint, null, null, Cancel));

        plugin.Answer("NetworkDriver.EndpointOperInfo", """{"Value":{"com.docker.network.portmap":[{"Proto":6,"Port":80000}]}}""");
        Assert.Empty(await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel));
    }

    [Fact]
    public async Task A_way_out_that_is_refused_is_an_error_and_one_that_is_not_answered_is_taken_back()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await JoinedAsync(folder);
        IExternalConnectivityDriver ways = (IExternalConnectivityDriver)driver;
        plugin.Requests.Clear();
        plugin.Answer("NetworkDriver.ProgramExternalConnectivity", """{"Err":"port 80 is taken"}""");
        PluginException refused = await Assert.ThrowsAsync<PluginException>(async () => await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel));
        Assert.Equal("port 80 is taken", refused.Answer);
        Assert.Equal(["NetworkDriver.ProgramExternalConnectivity"], plugin.Verbs);

        plugin.Answer("NetworkDriver.ProgramExternalConnectivity", "nonsense");
        await Assert.ThrowsAsync<PluginException>(async () => await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel));
        Assert.Equal("NetworkDriver.RevokeExternalConnectivity", plugin.Verbs.Last());

        await driver.LeaveAsync(Network, Endpoint, Cancel);
        NetworkException never = await Assert.ThrowsAsync<NetworkException>(async () => await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel));
        Assert.Equal(NetworkErrorKind.Forbidden, never.Kind);
    }

    private static async Task<INetworkDriver> JoinedAsync(PluginFolder folder)
    {
        INetworkDriver driver = await folder.NetworkDriverAsync();
        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        await driver.CreateEndpointAsync(EndpointRequest, Cancel);
        await driver.JoinAsync(JoinRequest, Cancel);
        return driver;
    }

    private static void Equal(string expected, JsonNode actual)
        => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nactual   {actual.ToJsonString()}");
}
