using System.Net;
using LibNetwork.Controller;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Stores;
using LibNetwork.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Core.Tests.Ipam;

/// <summary>What the controller asks of IPAM, and when.</summary>
public sealed class NetworkAddressTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "IP-11")]
    public async Task The_gateway_is_the_users_or_the_first_free_address_or_what_the_IPAM_driver_says()
    {
        await using ControllerFixture fixture = new();
        INetwork chosen = await fixture.NetworkAsync("a", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/24"), Gateway = IPAddress.Parse("10.1.0.254") }] });
        INetwork first = await fixture.NetworkAsync("b", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.2.0.0/24"), Range = Subnet.Parse("10.2.0.128/25") }] });
        await using World world = new(new FixedGatewayIpam(fixture.Ipam));
        INetwork given = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "c", Driver = "fake", IpamDriver = "fixed" }, Cancel);

        Assert.Equal("10.1.0.254", Assert.Single(chosen.State.Pools).Gateway?.ToString());
        Assert.Equal("10.1.0.1/24", (await chosen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel)).State.IPv4.ToString());
        Assert.Equal("10.2.0.128", Assert.Single(first.State.Pools).Gateway?.ToString());
        Assert.Equal("172.17.9.9", Assert.Single(given.State.Pools).Gateway?.ToString());
    }

    [Fact, Trait("Feature", "IP-12")]
    public async Task Reserved_addresses_are_in_the_pool_and_never_given_out()
    {
        await using ControllerFixture fixture = new();
        Dictionary<string, IPAddress> reserved = new() { ["router"] = IPAddress.Parse("10.1.0.2"), ["printer"] = IPAddress.Parse("10.1.0.200") };
        INetwork network = await fixture.NetworkAsync(
            "a", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/24"), Range = Subnet.Parse("10.1.0.0/25"), Reserved = reserved }] });

        Assert.Equal("10.1.0.3/24", (await network.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel)).State.IPv4.ToString());
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(
            () => network.CreateEndpointAsync(new EndpointSpec { Name = "f", IPv4Address = reserved["printer"] }, Cancel));
        Assert.Equal((NetworkErrorReason.AddressInUse, "the reserved address printer of network \"a\""), (taken.Reason, taken.Holder));
        NetworkException outside = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync("b", spec => spec with
        {
            Pools = [new PoolSpec { Subnet = Subnet.Parse("10.2.0.0/24"), Reserved = new Dictionary<string, IPAddress> { ["x"] = IPAddress.Parse("10.3.0.1") } }],
        }));
        Assert.Equal(NetworkErrorKind.Forbidden, outside.Kind);
    }

    [Fact, Trait("Feature", "IP-10")]
    public async Task The_second_pool_of_a_family_is_used_when_the_first_is_full()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("a", spec => spec with
        {
            EnableIPv6 = true,
            Pools =
            [
                new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/30") },
                new PoolSpec { Subnet = Subnet.Parse("fd00:1::/64") },
                new PoolSpec { Subnet = Subnet.Parse("10.2.0.0/30") },
            ],
        });

        List<string?> addresses = [];
        foreach (string name in (string[])["e", "f"])
        {
            EndpointState state = (await network.CreateEndpointAsync(new EndpointSpec { Name = name }, Cancel)).State;
            addresses.AddRange([state.IPv4.ToString(), state.IPv6.ToString()]);
        }

        NetworkException full = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(new EndpointSpec { Name = "g" }, Cancel));
        Assert.Equal(["10.1.0.2/30", "fd00:1::2/64", "10.2.0.2/30", "fd00:1::3/64"], addresses);
        Assert.Equal((NetworkErrorKind.Exhausted, NetworkErrorReason.AddressesExhausted), (full.Kind, full.Reason));
    }

    [Fact, Trait("Feature", "IP-14")]
    public async Task A_network_says_how_full_its_pools_are()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("a", spec => spec with
        {
            EnableIPv6 = true,
            Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/24"), Range = Subnet.Parse("10.1.0.0/28") }, new PoolSpec { Subnet = Subnet.Parse("fd00:1::/48") }],
        });
        await network.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);

        IReadOnlyList<PoolUsage> usage = await network.GetPoolUsageAsync(Cancel);

        Assert.Equal([(4ul, 13ul), (3ul, ulong.MaxValue)], usage.Select(pool => (pool.InUse, pool.Available)));
        Assert.Equal(Subnet.Parse("10.1.0.0/28"), usage[0].Range);
    }

    [Fact]
    public async Task An_endpoint_that_is_made_again_gets_its_address_back()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("a");
        IEndpoint first = await network.CreateEndpointAsync(new EndpointSpec { Name = "first" }, Cancel);
        IEndpoint second = await network.CreateEndpointAsync(new EndpointSpec { Name = "second" }, Cancel);
        InterfaceAddress? had = second.State.IPv4;
        await first.DeleteAsync(cancellationToken: Cancel);
        await second.DeleteAsync(cancellationToken: Cancel);

        IEndpoint again = await network.CreateEndpointAsync(new EndpointSpec { Name = "second" }, Cancel);

        Assert.Equal(had, again.State.IPv4);
    }

    [Fact]
    public async Task Withheld_ranges_and_ages_outlive_the_process()
    {
        await using World world = new();
        INetwork network = await world.Controller.CreateNetworkAsync(
            new NetworkSpec
            {
                Name = "a",
                Driver = "fake",
                Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/29"), Withheld = [AddressRange.Parse("10.1.0.3-10.1.0.5")] }],
            },
            Cancel);
        await network.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        world.Clock.Advance(TimeSpan.FromDays(3));

        await world.RestartAsync();
        network = world.Controller.GetNetwork("a");
        IEndpoint last = await network.CreateEndpointAsync(new EndpointSpec { Name = "f" }, Cancel);
        NetworkException full = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(new EndpointSpec { Name = "g" }, Cancel));

        Assert.Equal("10.1.0.6/29", last.State.IPv4.ToString());
        Assert.Equal("10.1.0.3-10.1.0.5", Assert.Single(Assert.Single(network.State.Pools).Withheld).ToString());
        Assert.Contains("10.1.0.2 by endpoint \"e\" on network \"a\" for 3 d", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Networks_are_taken_up_again_in_the_order_in_which_they_were_made()
    {
        await using World world = new();
        for (int i = 0; i < 10; i++)
        {
            // Allowed only in this order: first the whole subnet, then a range of it.
            Subnet subnet = Subnet.Parse($"10.{i}.0.0/24");
            await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = $"whole{i}", Driver = "fake", Pools = [new PoolSpec { Subnet = subnet }] }, Cancel);
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await world.Controller.CreateNetworkAsync(
                new NetworkSpec { Name = $"part{i}", Driver = "fake", Pools = [new PoolSpec { Subnet = subnet, Range = subnet.FirstOfSize(25).Next() }] }, Cancel);
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        RestoreReport report = await world.RestartAsync();

        Assert.Empty(report.Failures);
        Assert.Equal(20, report.Networks);
    }

    [Fact, Trait("Feature", "IP-16")]
    public async Task An_IPAM_driver_that_wants_MAC_addresses_gets_the_one_that_the_endpoint_will_have()
    {
        MacWantingIpam ipam = new(new DefaultIpamDriver(BuiltInPools.ForThisMachine(), TimeProvider.System));
        await using World world = new(ipam);
        INetwork network = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "a", Driver = "fake", IpamDriver = ipam.Name }, Cancel);

        IEndpoint random = await network.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        string? told = ipam.LastMac;
        await network.CreateEndpointAsync(new EndpointSpec { Name = "f", MacAddress = MacAddress.Parse("02:42:0a:00:00:07") }, Cancel);

        Assert.NotNull(told);
        Assert.Equal(random.State.MacAddress.ToString(), told);
        Assert.Equal("02:42:0a:00:00:07", ipam.LastMac);
        Assert.Equal("f", ipam.LastName);
    }

    [Fact, Trait("Feature", "IP-02")]
    public async Task Ten_thousand_networks_fit_on_the_defaults()
    {
        await using ControllerFixture fixture = new();
        for (int i = 0; i < 10_000; i++)
        {
            await fixture.NetworkAsync($"n{i}");
        }

        Assert.Equal(10_000, fixture.Controller.Networks.SelectMany(network => network.State.Pools).Select(pool => pool.Subnet).Distinct().Count());
    }

    /// <summary>A controller that can be started again on the same store, with a clock that is set by hand.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly HostKernel _kernel = HostKernel.Open();
        private readonly InMemoryNetworkStore _store = new();
        private readonly IIpamDriver[] _others;

        public World(params IIpamDriver[] others)
        {
            _others = others;
            Controller = Start();
        }

        public ManualClock Clock { get; } = new();

        public NetworkController Controller { get; private set; }

        public async Task<RestoreReport> RestartAsync()
        {
            await Controller.DisposeAsync();
            Controller = Start();
            return await Controller.RestoreAsync(Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            await Controller.DisposeAsync();
            await _kernel.DisposeAsync();
            await _store.DisposeAsync();
        }

        private NetworkController Start() => new(
            _kernel,
            [new FakeNetworkDriver()],
            [new DefaultIpamDriver(BuiltInPools.ForThisMachine(), Clock), .. _others],
            _store,
            new OtherFirewall(),
            new LibNetworkOptions { AvoidHostRanges = false },
            NullLogger<NetworkController>.Instance,
            Clock);
    }

    /// <summary>An IPAM driver of somebody else's, around another.</summary>
    private abstract class OtherIpam(IIpamDriver inner, string name) : IIpamDriver
    {
        public string Name => name;

        public virtual IpamCapabilities Capabilities => new();

        public string LocalAddressSpace => inner.LocalAddressSpace;

        public string GlobalAddressSpace => inner.GlobalAddressSpace;

        public virtual ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
            => inner.RequestPoolAsync(request, cancellationToken);

        public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default) => inner.ReleasePoolAsync(poolId, cancellationToken);

        public virtual ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
            => inner.RequestAddressAsync(request, cancellationToken);

        public ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default)
            => inner.ReleaseAddressAsync(poolId, address, cancellationToken);
    }

    private sealed class FixedGatewayIpam(IIpamDriver inner) : OtherIpam(inner, "fixed")
    {
        public override async ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
            => await base.RequestPoolAsync(request, cancellationToken) with
            {
                Data = new Dictionary<string, string> { [NetworkLabels.GatewayAddressType] = "172.17.9.9/16" },
            };
    }

    private sealed class MacWantingIpam(IIpamDriver inner) : OtherIpam(inner, "by-mac")
    {
        public override IpamCapabilities Capabilities => new() { RequiresMacAddress = true };

        public string? LastMac { get; private set; }

        public string? LastName { get; private set; }

        public override ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
        {
            LastMac = request.Options.GetValueOrDefault(NetworkLabels.MacAddress);
            LastName = request.Options.GetValueOrDefault(NetworkLabels.EndpointName);
            return base.RequestAddressAsync(request, cancellationToken);
        }
    }
}
