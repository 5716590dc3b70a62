using System.Net;
using LibNetwork.Drivers.Macvlan;
using LibNetwork.Linux;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Who leaves a network on the wire is cut off at once; its interface is deleted in the background and in nobody's way.</summary>
[Trait("Category", "Kernel")]
public sealed class WireLeavingTests
{
    private const int Rounds = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Silence = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "MV-05"), Trait("Feature", "IV-01")]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public async Task Leaving_deletes_nothing_itself_and_afterwards_nothing_is_left(string driver)
    {
        SkipWithout(driver);
        RequestLog log = new();
        await using World world = await World.CreateConfiguredAsync(options => options.KernelObserver = log);
        INetwork network = await world.WireNetworkAsync(driver, "wire", pools: null, ipv6: true);
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(network, "a");
        IPAddress address = endpoint.State.IPv4!.Value.Address;
        bool reached = await ArrivesAsync(world, a, address, Patience);
        await log.TakeAsync(world);

        await endpoint.LeaveAsync(a, Cancel);
        IReadOnlyList<string> leaving = await log.TakeAsync(world);
        bool reachedAfter = await ArrivesAsync(world, a, address, Silence);
        await world.Controller.DrainAsync();

        Assert.Equal((true, false), (reached, reachedAfter));
        Assert.Contains(leaving, static request => request.Contains("down", StringComparison.Ordinal));
        Assert.DoesNotContain(leaving, static request => request.Contains("delete link", StringComparison.Ordinal));
        Assert.Equal(["lo"], await WireWorld.InsideAsync(a, static route => route.DumpLinks().Select(static link => link.Name).ToArray()));
    }

    [Theory, Trait("Feature", "MV-05"), Trait("Feature", "IV-01")]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public async Task Its_addresses_and_its_name_are_free_at_once(string driver)
    {
        SkipWithout(driver);
        await using World world = await World.CreateAsync();
        INetwork network = await world.WireNetworkAsync(driver, "wire", pools: null, ipv6: true);
        (ISandbox a, ISandbox b) = (await world.SandboxAsync("a"), await world.SandboxAsync("b"));
        EndpointSpec spec = new()
        {
            Name = "one", IPv4Address = IPAddress.Parse("192.0.2.150"), IPv6Address = IPAddress.Parse("2001:db8:1:0:8000::150"),
            MacAddress = driver == "macvlan" ? MacAddress.Parse("02:42:ac:11:00:96") : null,
        };
        List<string> names = [];
        for (int round = 0; round < Rounds; round++)
        {
            ISandbox home = round % 3 == 2 ? b : a;   // twice the same in a row, and then another
            IEndpoint endpoint = await network.AttachAsync(home, spec, cancellationToken: Cancel);
            names.Add(endpoint.State.InterfaceName!.Value.Value);

            Assert.True(await ArrivesAsync(world, home, spec.IPv4Address!, Patience));
            Assert.True(await ArrivesAsync(world, home, spec.IPv6Address!, Patience));
            await endpoint.DeleteAsync(force: true, Cancel);
        }

        Assert.All(names, static name => Assert.Equal("eth0", name));
    }

    [Fact, Trait("Feature", "MV-01")]
    public async Task A_parent_that_takes_one_interface_only_takes_the_next_one_at_once()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.WireNetworkAsync("macvlan", "wire", pools: null, ipv6: true, (MacvlanLabels.Mode, "passthru"));
        ISandbox a = await world.SandboxAsync("a");
        for (int round = 0; round < Rounds; round++)
        {
            IEndpoint endpoint = await network.AttachAsync(a, new EndpointSpec { Name = "one" }, cancellationToken: Cancel);
            Assert.True(await ArrivesAsync(world, a, endpoint.State.IPv4!.Value.Address, Patience));
            Assert.Null(endpoint.State.MacAddress);   // it is the parent's
            await endpoint.DeleteAsync(force: true, Cancel);
        }

        await network.AttachAsync(a, new EndpointSpec { Name = "one" }, cancellationToken: Cancel);
        NetworkException second = await Assert.ThrowsAsync<NetworkException>(() => world.AttachNewAsync(network, "b"));
        NetworkException chosen = await Assert.ThrowsAsync<NetworkException>(
            () => network.CreateEndpointAsync(new EndpointSpec { Name = "two", MacAddress = MacAddress.Parse("02:42:ac:11:00:96") }, Cancel));

        Assert.Equal(NetworkErrorKind.Conflict, second.Kind);   // the control: the kernel does refuse a second one
        Assert.Equal((NetworkErrorKind.InvalidArgument, nameof(EndpointSpec.MacAddress)), (chosen.Kind, chosen.Field));
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task What_a_process_had_cut_off_inside_and_not_deleted_goes_when_the_next_one_starts()
    {
        await using World world = await World.CreateDurableAsync();
        INetwork network = await world.WireNetworkAsync("macvlan", "wire", pools: null, ipv6: true);
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");

        await world.RestartAsync(() => world.InKernelAsync(
            static session =>
            {
                session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "dead7", PeerName = "other" });
                session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "own", PeerName = "own-peer" });
                session.Route.Batch.ChangeLink("dead7", new LinkChange { Group = LinkReaper.CondemnedGroup });
                session.Route.Execute();
            },
            a.NamespacePath));

        Assert.Equal(
            ["eth0", "lo", "own", "own-peer"],
            (await WireWorld.InsideAsync(world.Controller.GetSandbox("a"), static route => route.DumpLinks().Select(static link => link.Name).ToArray())).Order(StringComparer.Ordinal));
    }

    private static void SkipWithout(string driver)
        => Assert.SkipUnless(driver != "ipvlan" || KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);

    private static async Task<bool> ArrivesAsync(World world, ISandbox to, IPAddress address, TimeSpan patience)
        => await Traffic.SendAsync(world.Host.Outside.OpenSocket, to.OpenSocket, address, patience) is not null;
}
