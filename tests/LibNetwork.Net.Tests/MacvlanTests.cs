using System.Net;
using LibNetwork.Drivers.Macvlan;
using LibNetwork.Linux;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Networks on the wire between the host and the outside.</summary>
[Trait("Category", "Kernel")]
public sealed class MacvlanTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "MV-01"), Trait("Feature", "MV-05")]
    public async Task Endpoints_are_on_the_wire_with_addresses_of_their_own()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire");
        (ISandbox a, IEndpoint one) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IPAddress? byOutside4 = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        IPAddress? byOutside6 = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv6), Patience);
        IPAddress? byPeer = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        IPAddress? fromOutside = await Traffic.SendAsync(world.Host.Outside.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        IReadOnlyList<RouteInfo> routes = await WireWorld.InsideAsync(a, static route => route.DumpRoutes());

        Assert.Equal(one.State.IPv4!.Value.Address, byOutside4);   // nobody translates
        Assert.Equal(one.State.IPv6!.Value.Address, byOutside6);
        Assert.Equal(one.State.IPv4!.Value.Address, byPeer);
        Assert.Equal(IPAddress.Parse(TestHost.OutsideIPv4), fromOutside);
        Assert.NotEqual(one.State.MacAddress, two.State.MacAddress);
        Assert.DoesNotContain(routes, static route => route.Gateway is not null);   // none was named
        Assert.DoesNotContain(world.Controller.Networks, static other => other.Name != "wire");   // the wire is their way out
    }

    [Fact, Trait("Feature", "MV-05")]
    public async Task The_gateway_is_the_one_that_the_user_named()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire", pools: WireWorld.Pools(TestHost.OutsideIPv4));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");

        IReadOnlyList<RouteInfo> routes = await WireWorld.InsideAsync(a, static route => route.DumpRoutes());

        Assert.Contains(routes, static route => route.Gateway?.ToString() == TestHost.OutsideIPv4 && route.Destination.PrefixLength == 0);
    }

    [Theory, Trait("Feature", "MV-01")]
    [InlineData("bridge", true)]
    [InlineData("private", false)]
    public async Task Endpoints_reach_each_other_as_the_mode_says(string mode, bool reach)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire", (MacvlanLabels.Mode, mode));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, reach ? Patience : Silence);

        Assert.NotNull(control);
        Assert.Equal(reach, seen is not null);
    }

    [Fact, Trait("Feature", "MV-04")]
    public async Task A_parent_is_shared_unless_somebody_wants_it_alone()
    {
        await using World world = await World.CreateAsync();
        INetwork first = await NetworkAsync(world, "first", pools: [new PoolSpec { Subnet = Subnet.Parse("10.70.0.0/24") }], ipv6: false);
        await NetworkAsync(world, "second", pools: [new PoolSpec { Subnet = Subnet.Parse("10.71.0.0/24") }], ipv6: false);

        NetworkException alone = await Assert.ThrowsAsync<NetworkException>(() => NetworkAsync(
            world, "alone", [new PoolSpec { Subnet = Subnet.Parse("10.72.0.0/24") }], ipv6: false, (MacvlanLabels.Mode, "passthru")));
        await first.DeleteAsync(Cancel);
        await world.Controller.GetNetwork("second").DeleteAsync(Cancel);
        await NetworkAsync(world, "alone", [new PoolSpec { Subnet = Subnet.Parse("10.72.0.0/24") }], ipv6: false, (MacvlanLabels.Mode, "passthru"));
        NetworkException late = await Assert.ThrowsAsync<NetworkException>(() => NetworkAsync(world, "late"));

        Assert.Equal(NetworkErrorKind.Forbidden, alone.Kind);
        Assert.Contains(alone.Holder, (string[])["network \"first\"", "network \"second\""]);
        Assert.Equal((NetworkErrorKind.Forbidden, "network \"alone\""), (late.Kind, late.Holder));
    }

    [Theory, Trait("Feature", "MV-04")]
    [InlineData("lo")]
    [InlineData("absent0")]
    [InlineData("absent0.5")]
    public async Task A_parent_that_cannot_be_is_refused_and_nothing_is_left(string parent)
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => NetworkAsync(world, "n", (MacvlanLabels.Parent, parent)));

        Assert.Equal((NetworkErrorKind.InvalidArgument, MacvlanLabels.Parent), (refused.Kind, refused.Field));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a refusal");
    }

    [Theory, Trait("Feature", "MV-02"), Trait("Feature", "MV-03")]
    [InlineData(TestHost.WireName + ".42", "vlan")]
    [InlineData("", "dummy")]
    public async Task A_parent_that_is_not_there_is_made_and_goes_with_its_last_network(string parent, string kind)
    {
        KernelFeature feature = kind == "vlan" ? KernelFeature.Vlan : KernelFeature.Dummy;
        Assert.SkipUnless(feature.IsSupported, feature.Reason ?? string.Empty);
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        INetwork network = await NetworkAsync(world, "n", (MacvlanLabels.Parent, parent));
        INetwork? sharer = kind == "vlan"
            ? await NetworkAsync(world, "m", [new PoolSpec { Subnet = Subnet.Parse("10.72.0.0/24") }], ipv6: false, (MacvlanLabels.Parent, parent))
            : null;
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");
        (ISandbox b, IEndpoint two) = await world.AttachNewAsync(network, "b");

        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        await a.DeleteAsync(Cancel);
        await b.DeleteAsync(Cancel);
        if (sharer is not null)
        {
            await network.DeleteAsync(Cancel);
            IReadOnlyList<LinkInfo> shared = await HostLinksAsync(world);
            await sharer.DeleteAsync(Cancel);
            Assert.Contains(shared, link => link.Name == parent);
        }
        else
        {
            await network.DeleteAsync(Cancel);
        }

        Assert.NotNull(seen);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the last network");
    }

    [Fact, Trait("Feature", "MV-01")]
    public async Task Everything_goes_when_an_endpoint_leaves_and_the_network_is_deleted()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await world.SandboxAsync("a");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        INetwork network = await NetworkAsync(world, "wire");
        IEndpoint endpoint = await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        await endpoint.LeaveAsync(a, Cancel);
        await world.Controller.DrainAsync();
        LinkInfo? left = await WireWorld.InsideAsync(a, static route => route.DumpLinks().FirstOrDefault(static link => link.Kind == "macvlan"));
        await endpoint.JoinAsync(a, cancellationToken: Cancel);
        LinkInfo? again = await WireWorld.InsideAsync(a, static route => route.FindLink("eth0"));
        await endpoint.DeleteAsync(force: true, Cancel);
        await network.DeleteAsync(Cancel);

        Assert.Null(left);
        Assert.Equal("macvlan", again?.Kind);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting everything");
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task The_next_process_takes_it_up()
    {
        await using World world = await World.CreateDurableAsync();
        INetwork network = await NetworkAsync(world, "wire");
        (_, IEndpoint before) = await world.AttachNewAsync(network, "a");

        RestoreReport report = await world.RestartAsync();
        ISandbox a = world.Controller.GetSandbox("a");
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        await a.DeleteAsync(Cancel);
        await world.Controller.GetNetwork("wire").DeleteAsync(Cancel);

        Assert.Empty(report.Failures);
        Assert.Equal(before.State.IPv4!.Value.Address, seen);
    }

    [Fact, Trait("Feature", "MV-01")]
    public async Task An_mtu_reaches_the_interface_and_a_parents_coming_and_going_is_survived()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, "wire", (NetworkLabels.Mtu, "1300"));
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");

        await SetWireAsync(world, up: false);
        IPAddress? down = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Silence);
        await SetWireAsync(world, up: true);
        IPAddress? up = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);

        Assert.Equal(1300u, (await WireWorld.InsideAsync(a, static route => route.FindLink("eth0")))?.Mtu);
        Assert.Null(down);
        Assert.NotNull(up);
    }

    private static Task<INetwork> NetworkAsync(World world, string name, params (string Label, string Value)[] labels)
        => world.WireNetworkAsync("macvlan", name, pools: null, ipv6: true, labels);

    private static Task<INetwork> NetworkAsync(
        World world, string name, IReadOnlyList<PoolSpec>? pools, bool ipv6 = true, params (string Label, string Value)[] labels)
        => world.WireNetworkAsync("macvlan", name, pools, ipv6, labels);

    private static async Task<IReadOnlyList<LinkInfo>> HostLinksAsync(World world)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        return await kernel.RunAsync(static (session, _) => session.Route.DumpLinks(), 0);
    }

    private static async Task SetWireAsync(World world, bool up)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        await kernel.RunAsync(
            static (session, up) =>
            {
                session.Route.Batch.ChangeLink(TestHost.WireName, new LinkChange { Up = up });
                session.Route.Execute();
                return true;
            },
            up);
    }
}
