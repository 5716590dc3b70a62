using System.Net;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Remote;
using LibNetwork.Ipam;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>The library's client and the library's server: what a driver hears through both is what the controller said.</summary>
public sealed class RoundTripTests : IAsyncDisposable
{
    private static readonly NetworkId Network = new("network1");
    private static readonly EndpointId Endpoint = new("endpoint1");

    private readonly PluginFolder _folder = new();

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
                PoolId = "10.1.0.0/24", Subnet = Subnet.Parse("10.1.0.0/24"), Gateway = IPAddress.Parse("10.1.0.1"),
                Reserved = new Dictionary<string, IPAddress> { ["router"] = IPAddress.Parse("10.1.0.9") },
            },
            new NetworkPool { PoolId = "fd00::/64", Subnet = Subnet.Parse("fd00::/64"), Gateway = IPAddress.Parse("fd00::1") },
        ],
        Options = new Dictionary<string, string> { ["com.example.colour"] = "red", ["empty"] = string.Empty, ["odd \" key"] = "\u00fc\n" },
    };

    private static DriverEndpointRequest EndpointRequest => new()
    {
        NetworkId = Network,
        Id = Endpoint,
        Name = "one",
        IPv4 = InterfaceAddress.Parse("10.1.0.5/24"),
        ExposedPorts = [TransportPort.Parse("53/udp"), TransportPort.Parse("99/sctp")],
        PortBindings = [PortBinding.Parse("192.0.2.1:8080:80/tcp"), PortBinding.Parse("[2001:db8::1]:53:53/udp"), PortBinding.Parse("7000-7009:90"), PortBinding.Parse("91/tcp")],
        Options = new Dictionary<string, string> { ["com.example.size"] = "big" },
    };

    private static DriverJoinRequest JoinRequest => new()
    {
        NetworkId = Network,
        EndpointId = Endpoint,
        SandboxId = new SandboxId("sandbox1"),
        NamespacePath = "/run/netns/sandbox1",
        NamespaceDescriptor = -1,
        InterfaceName = new InterfaceName("eth0"),
        SandboxOptions = new Dictionary<string, string> { ["com.example.who"] = "me" },
    };

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task A_driver_hears_what_the_controller_said()
    {
        FakeNetworkDriver behind = new()
        {
            Endpoint = new DriverEndpoint { MacAddress = MacAddress.Parse("02:00:00:00:00:07"), IPv6 = InterfaceAddress.Parse("fd00::7/64"), InterfacePrefix = "wan" },
            Join = static request => new DriverJoin
            {
                SourceName = request.InterfaceName,
                CreatedInSandbox = true,
                GatewayIPv4 = IPAddress.Parse("10.1.0.1"),
                GatewayIPv6 = IPAddress.Parse("fd00::1"),
                DisableGatewayService = true,
                Routes = [new SandboxRoute(Subnet.Parse("10.9.0.0/16"), IPAddress.Parse("10.1.0.7")), new SandboxRoute(Subnet.Parse("fd09::/64"))],
            },
        };
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, network: behind);
        INetworkDriver driver = await _folder.NetworkDriverAsync();
        IExternalConnectivityDriver ways = (IExternalConnectivityDriver)driver;

        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        DriverEndpoint endpoint = await driver.CreateEndpointAsync(EndpointRequest, Cancel);
        DriverJoin join = await driver.JoinAsync(JoinRequest, Cancel);
        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, Endpoint, Cancel);

        DriverNetworkRequest network = behind.Networks[Network];
        Assert.Equal((true, true, true), (network.EnableIPv4, network.EnableIPv6, network.Internal));
        Assert.Equal(NetworkRequest.Options.OrderBy(static pair => pair.Key), network.Options.OrderBy(static pair => pair.Key));
        Assert.Equal(
            NetworkRequest.Pools.Select(static pool => (pool.Subnet, pool.Gateway, pool.Reserved.Count)), network.Pools.Select(static pool => (pool.Subnet, pool.Gateway, pool.Reserved.Count)));
        Assert.Equal(IPAddress.Parse("10.1.0.9"), network.Pools[0].Reserved["router"]);
        DriverEndpointRequest heard = behind.Endpoints[Endpoint];
        Assert.Equal((EndpointRequest.IPv4, EndpointRequest.IPv6, EndpointRequest.MacAddress), (heard.IPv4, heard.IPv6, heard.MacAddress));
        Assert.Equal(EndpointRequest.ExposedPorts, heard.ExposedPorts);
        Assert.Equal(EndpointRequest.PortBindings, heard.PortBindings);
        Assert.Equal(EndpointRequest.Options, heard.Options);
        Assert.Equal((MacAddress.Parse("02:00:00:00:00:07"), InterfaceAddress.Parse("fd00::7/64")), (endpoint.MacAddress, endpoint.IPv6));
        DriverJoinRequest joined = behind.Joined[Endpoint];
        Assert.Equal((JoinRequest.SandboxId, "me"), (joined.SandboxId, joined.SandboxOptions["com.example.who"]));
        Assert.Equal((joined.InterfaceName, "wan", false), (join.SourceName, join.InterfacePrefix, join.CreatedInSandbox));
        Assert.Equal((IPAddress.Parse("10.1.0.1"), IPAddress.Parse("fd00::1"), true), (join.GatewayIPv4, join.GatewayIPv6, join.DisableGatewayService));
        Assert.Equal(2, join.Routes.Count);
        Assert.Equal(Endpoint, behind.Gateways[Endpoint]);

        await ways.ProgramExternalConnectivityAsync(Network, Endpoint, null, null, Cancel);
        Assert.Null(behind.Gateways[Endpoint]);
        await driver.DeleteEndpointAsync(Network, Endpoint, Cancel);
        await driver.DeleteNetworkAsync(Network, Cancel);
        Assert.Empty(behind.Networks);
        Assert.Empty(behind.Endpoints);
        Assert.Empty(behind.Joined);
    }

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task A_way_out_without_a_gateway_is_a_route_to_everywhere()
    {
        FakeNetworkDriver behind = new() { Join = static request => new DriverJoin { SourceName = request.InterfaceName, ForceGatewayIPv4 = true, ForceGatewayIPv6 = true } };
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, network: behind);
        INetworkDriver driver = await _folder.NetworkDriverAsync();
        await driver.CreateNetworkAsync(NetworkRequest, Cancel);
        await driver.CreateEndpointAsync(EndpointRequest, Cancel);

        Assert.Equal([new SandboxRoute(Subnet.Parse("0.0.0.0/0")), new SandboxRoute(Subnet.Parse("::/0"))], (await driver.JoinAsync(JoinRequest, Cancel)).Routes);
    }

    [Theory]
    [InlineData(NetworkErrorKind.Conflict)]
    [InlineData(NetworkErrorKind.Exhausted)]
    [InlineData(NetworkErrorKind.InvalidArgument)]
    [InlineData(NetworkErrorKind.NotSupported)]
    public async Task An_error_keeps_its_kind_and_its_words(NetworkErrorKind kind)
    {
        FakeNetworkDriver behind = new();
        behind.Failures[nameof(INetworkDriver.CreateNetworkAsync)] = new NetworkException(kind, "network \"x\"", "is no good") { Holder = "somebody" };
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, network: behind);
        INetworkDriver driver = await _folder.NetworkDriverAsync();

        PluginException refused = await Assert.ThrowsAsync<PluginException>(async () => await driver.CreateNetworkAsync(NetworkRequest, Cancel));

        Assert.Equal(kind, refused.Kind);
        Assert.Contains("network \"x\": is no good; held by somebody", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_verb_that_fails_says_why()
    {
        FakeNetworkDriver behind = new();
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, network: behind);
        INetworkDriver driver = await _folder.NetworkDriverAsync();
        (string Name, Func<ValueTask> Call)[] verbs =
        [
            (nameof(driver.CreateNetworkAsync), () => driver.CreateNetworkAsync(NetworkRequest, Cancel)),
            (nameof(driver.CreateEndpointAsync), async () => await driver.CreateEndpointAsync(EndpointRequest, Cancel)),
            (nameof(driver.JoinAsync), async () => await driver.JoinAsync(JoinRequest, Cancel)),
            (nameof(IExternalConnectivityDriver.ProgramExternalConnectivityAsync), async () => await ((IExternalConnectivityDriver)driver).ProgramExternalConnectivityAsync(Network, Endpoint, Endpoint, null, Cancel)),
            (nameof(driver.LeaveAsync), () => driver.LeaveAsync(Network, Endpoint, Cancel)),
            (nameof(driver.DeleteEndpointAsync), () => driver.DeleteEndpointAsync(Network, Endpoint, Cancel)),
            (nameof(driver.DeleteNetworkAsync), () => driver.DeleteNetworkAsync(Network, Cancel)),
        ];
        foreach ((string name, Func<ValueTask> call) in verbs)
        {
            behind.FailOnce(name, new InvalidOperationException($"no {name}"), after: 0);
            PluginException refused = await Assert.ThrowsAsync<PluginException>(async () => await call());
            Assert.Equal($"no {name}", refused.Answer);
            await call();
        }

        Assert.Empty(behind.Networks);
    }

    [Fact]
    [Trait("Feature", "IP-15")]
    public async Task The_default_addresses_are_given_out_by_a_plugin()
    {
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, static services => services.AddLibNetwork());
        IIpamDriver driver = await _folder.IpamDriverAsync();
        Assert.Equal(("LocalDefault", "GlobalDefault", false), (driver.LocalAddressSpace, driver.GlobalAddressSpace, driver.Capabilities.RequiresReplay));

        IpamPool pool = await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = driver.LocalAddressSpace, Pool = Subnet.Parse("10.5.0.0/30") }, Cancel);
        IpamAddressRequest any = new() { PoolId = pool.PoolId };
        Assert.Equal("10.5.0.1/30", (await driver.RequestAddressAsync(any, Cancel))?.ToString());
        Assert.Equal("10.5.0.2/30", (await driver.RequestAddressAsync(any, Cancel))?.ToString());
        PluginException full = await Assert.ThrowsAsync<PluginException>(async () => await driver.RequestAddressAsync(any, Cancel));
        Assert.Equal(NetworkErrorKind.Exhausted, full.Kind);
        PluginException taken = await Assert.ThrowsAsync<PluginException>(
            async () => await driver.RequestAddressAsync(any with { Address = IPAddress.Parse("10.5.0.2") }, Cancel));
        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);
        await driver.ReleaseAddressAsync(pool.PoolId, IPAddress.Parse("10.5.0.2"), Cancel);
        Assert.Equal("10.5.0.2/30", (await driver.RequestAddressAsync(any, Cancel))?.ToString());
        PluginException overlap = await Assert.ThrowsAsync<PluginException>(
            async () => await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = driver.LocalAddressSpace, Pool = Subnet.Parse("10.5.0.0/16") }, Cancel));
        Assert.Equal(NetworkErrorKind.Forbidden, overlap.Kind);
        await driver.ReleasePoolAsync(pool.PoolId, Cancel);
        IpamPool chosen = await driver.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = driver.LocalAddressSpace, Exclude = [Subnet.Parse("172.16.0.0/14")] }, Cancel);
        Assert.Equal("172.20.0.0/16", chosen.Subnet.ToString());   // 172.17 to 172.19 overlap
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();
}
