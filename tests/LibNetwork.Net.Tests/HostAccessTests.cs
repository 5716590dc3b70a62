using System.Net;
using LibNetwork.Drivers.Macvlan;
using LibNetwork.Linux.Features;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Host and endpoints reach each other where the network gives the host an interface of its own.</summary>
[Trait("Category", "Kernel")]
public sealed class HostAccessTests
{
    private const string HostAddressIPv4 = "192.0.2.100";
    private const string HostAddressIPv6 = "2001:db8:1::100";

    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "MV-01"), Trait("Feature", "IV-01")]
    [InlineData("macvlan", "bridge")]
    [InlineData("ipvlan", "l2")]
    [InlineData("ipvlan", "l3")]
    public async Task Host_and_endpoint_reach_each_other_and_nothing_is_left(string driver, string mode)
    {
        SkipWithout(driver);
        await using World world = await World.CreateAsync();
        ISandbox other = await world.SandboxAsync("other");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        INetwork network = await NetworkAsync(world, driver, mode);
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(network, "a");
        (IPAddress ipv4, IPAddress ipv6) = (endpoint.State.IPv4!.Value.Address, endpoint.State.IPv6!.Value.Address);

        IPAddress? down4 = await Traffic.SendAsync(world.Host.Namespace.OpenSocket, a.OpenSocket, ipv4, Patience);
        IPAddress? down6 = await Traffic.SendAsync(world.Host.Namespace.OpenSocket, a.OpenSocket, ipv6, Patience);
        IPAddress? up4 = await Traffic.SendAsync(a.OpenSocket, world.Host.Namespace.OpenSocket, IPAddress.Parse(HostAddressIPv4), Patience);
        IPAddress? up6 = await Traffic.SendAsync(a.OpenSocket, world.Host.Namespace.OpenSocket, IPAddress.Parse(HostAddressIPv6), Patience);
        IPAddress? wire = await Traffic.SendAsync(world.Host.Namespace.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        await endpoint.LeaveAsync(a, Cancel);
        IReadOnlyList<string> left = await KernelSnapshot.TakeAsync(world.Host.NamespacePath);
        await a.DeleteAsync(Cancel);
        await endpoint.DeleteAsync(force: true, Cancel);
        await network.DeleteAsync(Cancel);

        Assert.Equal((HostAddressIPv4, HostAddressIPv6), (down4?.ToString(), down6?.ToString()));
        Assert.Equal((ipv4, ipv6), (up4, up6));
        Assert.Equal(TestHost.HostIPv4, wire?.ToString());   // the rest of the wire goes by the parent, as before
        Assert.DoesNotContain(left, line => line.Contains(ipv4.ToString(), StringComparison.Ordinal) || line.Contains(ipv6.ToString(), StringComparison.Ordinal));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting the network");
        Assert.Equal("other", other.ContainerId);
    }

    [Theory, Trait("Feature", "MV-01"), Trait("Feature", "IV-01")]
    [InlineData("macvlan", "bridge")]
    [InlineData("ipvlan", "l2")]
    public async Task Without_it_they_do_not(string driver, string mode)
    {
        SkipWithout(driver);
        await using World world = await World.CreateAsync();
        INetwork network = await NetworkAsync(world, driver, mode, access: false);
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(network, "a");

        Assert.Null(await Traffic.SendAsync(world.Host.Namespace.OpenSocket, a.OpenSocket, endpoint.State.IPv4!.Value.Address, Silence));
    }

    [Theory]
    [InlineData("macvlan", "private", true)]
    [InlineData("macvlan", "bridge", false)]
    public async Task It_takes_neighbours_that_reach_each_other_and_an_address_of_the_hosts(string driver, string mode, bool reserves)
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => NetworkAsync(world, driver, mode, reserves: reserves));

        Assert.Equal((NetworkErrorKind.InvalidArgument, MacvlanLabels.HostAccess), (refused.Kind, refused.Field));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a refusal");
    }

    [Theory, Trait("Feature", "CN-08")]
    [InlineData("macvlan", "bridge")]
    [InlineData("ipvlan", "l2")]
    public async Task The_next_process_takes_it_up(string driver, string mode)
    {
        SkipWithout(driver);
        await using World world = await World.CreateDurableAsync();
        INetwork network = await NetworkAsync(world, driver, mode);
        (_, IEndpoint endpoint) = await world.AttachNewAsync(network, "a");
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(world.Host.NamespacePath);

        RestoreReport report = await world.RestartAsync();
        ISandbox a = world.Controller.GetSandbox("a");
        IPAddress? seen = await Traffic.SendAsync(world.Host.Namespace.OpenSocket, a.OpenSocket, endpoint.State.IPv4!.Value.Address, Patience);

        Assert.Empty(report.Failures);
        Assert.Empty(report.Removed);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(world.Host.NamespacePath));
        Assert.Equal(HostAddressIPv4, seen?.ToString());
    }

    [Theory, Trait("Feature", "CN-08")]
    [InlineData("macvlan", "bridge")]
    [InlineData("ipvlan", "l2")]
    public async Task What_is_left_of_a_network_that_is_on_no_record_goes(string driver, string mode)
    {
        SkipWithout(driver);
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(world.Host.NamespacePath);
        await NetworkAsync(world, driver, mode);

        INetworkStore store = world.Store;
        RestoreReport report = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: false));
        await world.Controller.DrainAsync();

        Assert.Single(report.Removed, static removed => removed.Contains("-host:", StringComparison.Ordinal));
        Assert.Equal(before, await KernelSnapshot.TakeAsync(world.Host.NamespacePath));
    }

    private static void SkipWithout(string driver)
        => Assert.SkipUnless(driver != "ipvlan" || KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);

    private static Task<INetwork> NetworkAsync(World world, string driver, string mode, bool access = true, bool reserves = true)
    {
        PoolSpec[] pools = WireWorld.Pools(gateway: null);
        string[] own = [HostAddressIPv4, HostAddressIPv6];
        IEnumerable<PoolSpec> reserving = pools.Zip(own, static (pool, address) => pool with
        {
            Reserved = new Dictionary<string, IPAddress>(StringComparer.Ordinal) { ["host"] = IPAddress.Parse(address) },
        });
        return world.WireNetworkAsync(
            driver, "wire", reserves ? [.. reserving] : pools, ipv6: true,
            (driver + "_mode", mode), (MacvlanLabels.HostAccess, access ? "true" : "false"));
    }
}
