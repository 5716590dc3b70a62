using System.Net;
using LibNetwork.Drivers.Ipvlan;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Networks on the wire between the host and the outside, whose endpoints share its hardware address.</summary>
[Trait("Category", "Kernel")]
public sealed class IpvlanTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "IV-01")]
    public async Task Endpoints_are_on_the_wire_with_its_hardware_address()
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire");
        (ISandbox a, IEndpoint one) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IPAddress? byOutside4 = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        IPAddress? byOutside6 = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv6), Patience);
        IPAddress? byPeer = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        LinkInfo? inA = await WireWorld.InsideAsync(a, static route => route.FindLink("eth0"));
        LinkInfo? inB = await WireWorld.InsideAsync(b, static route => route.FindLink("eth0"));

        Assert.Equal(one.State.IPv4!.Value.Address, byOutside4);   // nobody translates
        Assert.Equal(one.State.IPv6!.Value.Address, byOutside6);
        Assert.Equal(one.State.IPv4!.Value.Address, byPeer);
        Assert.Equal(("ipvlan", inB?.PhysicalAddress), (inA?.Kind, inA?.PhysicalAddress));
    }

    [Theory, Trait("Feature", "IV-02")]
    [InlineData("l3")]
    [InlineData("l3s")]
    public async Task Behind_a_router_the_way_out_is_the_interface_itself(string mode)
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire", WireWorld.Pools(TestHost.OutsideIPv4), (IpvlanLabels.Mode, mode));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IReadOnlyList<RouteInfo> routes = await WireWorld.InsideAsync(a, static route => route.DumpRoutes());
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);

        Assert.NotNull(seen);
        Assert.DoesNotContain(routes, static route => route.Gateway is not null);
        Assert.Equal(2, routes.Count(static route => route.Destination.PrefixLength == 0 && route.OutputInterface is not null && route.Table == 254));
    }

    [Fact, Trait("Feature", "IV-01")]
    public async Task Behind_a_switch_the_gateway_is_the_one_that_the_user_named()
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire", WireWorld.Pools(TestHost.OutsideIPv4));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");

        IReadOnlyList<RouteInfo> routes = await WireWorld.InsideAsync(a, static route => route.DumpRoutes());

        Assert.Contains(routes, static route => route.Gateway?.ToString() == TestHost.OutsideIPv4 && route.Destination.PrefixLength == 0);
    }

    [Theory, Trait("Feature", "IV-01")]
    [InlineData("bridge", true)]
    [InlineData("private", false)]
    public async Task Endpoints_reach_each_other_as_the_flag_says(string flag, bool reach)
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire", pools: null, (IpvlanLabels.Flag, flag));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, reach ? Patience : Silence);

        Assert.NotNull(control);
        Assert.Equal(reach, seen is not null);
    }

    [Fact, Trait("Feature", "IV-03")]
    public async Task Networks_share_a_parent_in_one_mode_and_an_endpoint_of_each_leaves_alone()
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateAsync();
        INetwork first = await NetworkAsync(world, "first"), second = await NetworkAsync(world, "second", [new PoolSpec { Subnet = Subnet.Parse("10.71.0.0/24") }]);
        NetworkException other = await Assert.ThrowsAsync<NetworkException>(
            () => NetworkAsync(world, "other", [new PoolSpec { Subnet = Subnet.Parse("10.72.0.0/24") }], (IpvlanLabels.Mode, "l3")));
        (ISandbox a, IEndpoint one) = await world.AttachNewAsync(first, "a");
        IEndpoint two = await second.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        await one.DeleteAsync(force: true, Cancel);
        await world.Controller.DrainAsync();
        IReadOnlyList<AddressInfo> left = await WireWorld.InsideAsync(a, static route => route.DumpAddresses());
        int interfaces = (await WireWorld.InsideAsync(a, static route => route.DumpLinks())).Count(static link => link.Kind == "ipvlan");

        Assert.Equal(NetworkErrorKind.Forbidden, other.Kind);
        Assert.Equal(1, interfaces);
        Assert.Contains(left, address => address.Address.Equals(two.State.IPv4!.Value.Address));
    }

    [Fact, Trait("Feature", "IV-01")]
    public async Task A_hardware_address_cannot_be_chosen()
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(
            new EndpointSpec { Name = "a", MacAddress = MacAddress.Parse("02:42:00:00:00:01") }, Cancel));

        Assert.Equal((NetworkErrorKind.InvalidArgument, "MacAddress"), (refused.Kind, refused.Field));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a refusal");
    }

    [Theory, Trait("Feature", "IV-03")]
    [InlineData(TestHost.WireName + ".42")]
    [InlineData("")]
    public async Task A_parent_that_is_not_there_is_made_and_goes_with_its_last_network(string parent)
    {
        SkipWithoutIpvlan();
        KernelFeature feature = parent.Length > 0 ? KernelFeature.Vlan : KernelFeature.Dummy;
        Assert.SkipUnless(feature.IsSupported, feature.Reason ?? string.Empty);
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        INetwork network = await NetworkAsync(world, "n", pools: null, (IpvlanLabels.Parent, parent));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        await a.DeleteAsync(Cancel);
        await b.DeleteAsync(Cancel);
        await network.DeleteAsync(Cancel);

        Assert.NotNull(seen);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the last network");
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task The_next_process_takes_it_up()
    {
        SkipWithoutIpvlan();
        await using World world = await World.CreateDurableAsync();
        INetwork network = await NetworkAsync(world, "wire");
        (_, IEndpoint before) = await world.AttachNewAsync(network, "a");

        RestoreReport report = await world.RestartAsync();
        ISandbox a = world.Controller.GetSandbox("a");
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        await world.Controller.GetNetwork("wire").GetEndpoint("a").DeleteAsync(force: true, Cancel);
        await world.Controller.DrainAsync();
        int left = (await WireWorld.InsideAsync(a, static route => route.DumpLinks())).Count(static link => link.Kind == "ipvlan");

        Assert.Empty(report.Failures);
        Assert.Equal(before.State.IPv4!.Value.Address, seen);
        Assert.Equal(0, left);
    }

    private static void SkipWithoutIpvlan() => Assert.SkipUnless(KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);

    private static Task<INetwork> NetworkAsync(
        World world, string name, IReadOnlyList<PoolSpec>? pools = null, params (string Label, string Value)[] labels)
        => world.WireNetworkAsync("ipvlan", name, pools, ipv6: pools is null or { Count: > 1 }, labels);
}
