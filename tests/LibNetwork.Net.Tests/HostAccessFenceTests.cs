using System.Net;
using System.Net.NetworkInformation;
using LibNetwork.Drivers.Macvlan;
using LibNetwork.Linux;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>
/// A host that forwards, between the wire and a machine far behind it, gives nobody a way by the interface that it has on a network: not from it, to it or back out.
/// Each has a control: without the rules the same packet arrives.
/// </summary>
[Trait("Category", "Kernel")]
public sealed class HostAccessFenceTests
{
    private const string FarName = "far0", Shim = "192.0.2.100", ShimIPv6 = "2001:db8:1::100";
    private const string HostFar = "198.51.100.1", Far = "198.51.100.2", HostFarIPv6 = "2001:db8:2::1", FarIPv6 = "2001:db8:2::2";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Silence = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(Shim, Far)]
    [InlineData(ShimIPv6, FarIPv6)]
    public async Task Who_is_on_the_wire_does_not_get_beyond_the_host(string gateway, string far)
    {
        await using World world = await CreateAsync();
        using NetworkNamespace there = await LayFarWireAsync(world);
        INetwork network = await NetworkAsync(world, "macvlan");
        (ISandbox a, _) = await world.AttachNewAsync(network, "a");
        await LeadAsync(world, world.Host.Outside.Path!, TestHost.WireName, far, gateway);   // it has one
        await LeadAsync(world, a.NamespacePath, "eth0", far, gateway);

        bool fromWire = await ArrivesAsync(world.Host.Outside, there, far, Silence);
        bool fromEndpoint = await ArrivesAsync(a, there, far, Silence);
        await UnprotectAsync(world);

        Assert.Equal((false, false), (fromWire, fromEndpoint));
        Assert.True(await ArrivesAsync(world.Host.Outside, there, far, Patience), "the control: a machine on the wire");
        Assert.True(await ArrivesAsync(a, there, far, Patience), "the control: an endpoint");
    }

    [Fact]
    public async Task Who_is_on_the_wire_does_not_get_to_an_endpoint_by_way_of_the_host()
    {
        await using World world = await CreateAsync();
        INetwork network = await NetworkAsync(world, "macvlan");
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(network, "a");
        string address = endpoint.State.IPv4!.Value.Address.ToString();
        await LeadAsync(world, world.Host.Outside.Path!, TestHost.WireName, address, Shim);   // it has one

        bool arrives = await ArrivesAsync(world.Host.Outside, a, address, Silence);
        await UnprotectAsync(world);

        Assert.False(arrives);
        Assert.True(await ArrivesAsync(world.Host.Outside, a, address, Patience), "the control");
    }

    [Theory]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public async Task Who_is_behind_the_host_does_not_get_to_an_endpoint(string driver)
    {
        SkipWithout(driver);
        await using World world = await CreateAsync();
        using NetworkNamespace there = await LayFarWireAsync(world);
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(await NetworkAsync(world, driver), "a");
        (string ipv4, string ipv6) = (endpoint.State.IPv4!.Value.Address.ToString(), endpoint.State.IPv6!.Value.Address.ToString());

        (bool arrives4, bool arrives6) = (await ArrivesAsync(there, a, ipv4, Silence), await ArrivesAsync(there, a, ipv6, Silence));
        bool own = await ArrivesAsync(world.Host.Namespace, a, ipv4, Patience);
        await UnprotectAsync(world);

        Assert.Equal((false, false), (arrives4, arrives6));
        Assert.True(own, "the host itself");
        Assert.True(await ArrivesAsync(there, a, ipv4, Patience), "the control");
        Assert.True(await ArrivesAsync(there, a, ipv6, Patience), "the control");
    }

    [Theory]
    [InlineData(Shim, HostFar)]
    [InlineData(ShimIPv6, HostFarIPv6)]
    public async Task The_host_has_one_address_there(string gateway, string other)
    {
        await using World world = await CreateAsync();
        using NetworkNamespace there = await LayFarWireAsync(world);
        (ISandbox a, _) = await world.AttachNewAsync(await NetworkAsync(world, "macvlan"), "a");
        await LeadAsync(world, a.NamespacePath, "eth0", other, gateway);

        bool arrives = await ArrivesAsync(a, world.Host.Namespace, other, Silence);
        bool atItsOwn = await ArrivesAsync(a, world.Host.Namespace, gateway, Patience);
        await UnprotectAsync(world);

        Assert.False(arrives);
        Assert.True(atItsOwn, "the address that is reserved for it");
        Assert.True(await ArrivesAsync(a, world.Host.Namespace, other, Patience), "the control");
    }

    [Fact]
    public async Task The_rules_are_there_before_the_interface_and_go_after_it_and_the_hosts_parameters_stay()
    {
        RequestLog log = new();
        await using World world = await World.CreateConfiguredAsync(options => options.KernelObserver = log);
        (IReadOnlyList<string> before, string forwarding) = (await WorldSnapshot.TakeAsync(world), await ForwardingAsync(world));
        INetwork network = await NetworkAsync(world, "macvlan");
        string shim = $"hm-{network.Id.Value[..12]}";
        List<string> making = [.. await log.TakeAsync(world)];
        string whileThere = await ForwardingAsync(world);
        await network.DeleteAsync(Cancel);
        List<string> removing = [.. await log.TakeAsync(world)];

        Assert.InRange(making.FindLastIndex(IsRule), 0, making.FindIndex(line => line.StartsWith($"create macvlan {shim}", StringComparison.Ordinal)) - 1);
        Assert.InRange(removing.FindIndex(static line => line.StartsWith("change link", StringComparison.Ordinal)), 0, removing.FindIndex(IsRule) - 1);
        Assert.Equal(("0 0", "0 0"), (forwarding, whileThere));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting the network");

        static bool IsRule(string line) => line.Contains("table", StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task They_are_put_back_when_somebody_takes_them_away()
    {
        await using World world = await CreateAsync(static options => options.Reconcile = true);
        using NetworkNamespace there = await LayFarWireAsync(world);
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(await NetworkAsync(world, "macvlan"), "a");
        string address = endpoint.State.IPv4!.Value.Address.ToString();
        await using IAsyncEnumerator<ControllerEvent> events = world.Controller.WatchEvents().GetAsyncEnumerator(Cancel);

        await UnprotectAsync(world);
        while (await events.MoveNextAsync().AsTask().WaitAsync(Patience, Cancel))
        {
            if (events.Current is RepairEvent { Outcome: RepairOutcome.Repaired })
            {
                break;
            }
        }

        Assert.False(await ArrivesAsync(there, a, address, Silence));
        Assert.True(await ArrivesAsync(world.Host.Namespace, a, address, Patience), "the host itself");
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task The_next_process_has_them()
    {
        await using World world = await CreateAsync();
        using NetworkNamespace there = await LayFarWireAsync(world);
        (_, IEndpoint endpoint) = await world.AttachNewAsync(await NetworkAsync(world, "macvlan"), "a");

        await world.RestartAsync(() => UnprotectAsync(world));

        Assert.False(await ArrivesAsync(there, world.Controller.GetSandbox("a"), endpoint.State.IPv4!.Value.Address.ToString(), Silence));
    }

    [Fact, Trait("Feature", "GN-05")]
    public async Task Where_rules_are_the_users_affair_the_text_has_them()
    {
        await using World world = await CreateAsync(static options => options.Firewall = FirewallMode.None);
        using NetworkNamespace there = await LayFarWireAsync(world);
        (ISandbox a, IEndpoint endpoint) = await world.AttachNewAsync(await NetworkAsync(world, "macvlan"), "a");
        string address = endpoint.State.IPv4!.Value.Address.ToString();

        bool before = await ArrivesAsync(there, a, address, Patience);
        await HostProgram.RunAsync(world.Host, "nft -f -", await world.Controller.GetFirewallScriptAsync(Cancel));

        Assert.True(before, "nobody has put rules in place yet");
        Assert.False(await ArrivesAsync(there, a, address, Silence));
    }

    private static void SkipWithout(string driver)
        => Assert.SkipUnless(driver != "ipvlan" || KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);

    /// <summary>A world whose host forwards, and asks nobody whether a packet came by the way that it would take itself.</summary>
    private static Task<World> CreateAsync(Action<LibNetworkOptions>? configure = null)
        => World.CreateConfiguredAsync(configure ?? (static _ => { }), static async host =>
        {
            await using Disturber admin = Disturber.In(host.NamespacePath);
            foreach (string parameter in (string[])["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"])
            {
                await admin.SetSysctlAsync(parameter, "1");
            }

            foreach (string parameter in (string[])["all", "default"])
            {
                await admin.SetSysctlAsync($"net/ipv4/conf/{parameter}/rp_filter", "0");
            }
        });

    /// <summary>A second wire of the host, to a machine that leaves everything else to the host.</summary>
    private static async Task<NetworkNamespace> LayFarWireAsync(World world)
    {
        NetworkNamespace there = NetworkNamespace.CreatePinned(Path.Combine(world.Host.Folder, "far"));
        await world.InKernelAsync(session =>
        {
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = FarName, Up = true, PeerName = FarName, PeerNamespaceDescriptor = there.Descriptor });
            session.Route.Execute();
            using RtNetlink route = session.OpenRoute(there);
            route.Batch.ChangeLink(FarName, new LinkChange { Up = true });
            route.Execute();
            foreach ((RtNetlink side, string ipv4, string ipv6) in new[] { (session.Route, HostFar, HostFarIPv6), (route, Far, FarIPv6) })
            {
                int index = side.FindLink(FarName)!.Index;   // made above
                side.Batch.AddAddress(index, IPAddress.Parse(ipv4), 24);
                side.Batch.AddAddress(index, IPAddress.Parse(ipv6), 64);
                side.Batch.SettleLink(index);
                side.Execute();
            }

            route.Batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse(HostFar) });
            route.Batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("::/0"), Gateway = IPAddress.Parse(HostFarIPv6) });
            route.Execute();
        });
        return there;
    }

    /// <summary>Has somebody send what is for an address to the host's interface on the network. For its address on the wire other interfaces of the host answer as well.</summary>
    private static async Task LeadAsync(World world, string namespacePath, string by, string destination, string gateway)
    {
        PhysicalAddress? shim = null;
        await world.InKernelAsync(session => shim = session.Route.DumpLinks().Single(static link => link.Alias?.Contains("-host:", StringComparison.Ordinal) == true).PhysicalAddress);
        await world.InKernelAsync(
            session =>
            {
                int index = session.Route.FindLink(by)!.Index;   // it is there
                IPAddress address = IPAddress.Parse(destination);
                session.Route.Batch.AddNeighbour(index, IPAddress.Parse(gateway), shim!);   // the network has one
                session.Route.Batch.AddRoute(new RouteSpec { Destination = new IPNetwork(address, address.GetAddressBytes().Length * 8), Gateway = IPAddress.Parse(gateway), OutputInterface = index });
                session.Route.Execute();
            },
            namespacePath);
    }

    private static async Task UnprotectAsync(World world)
    {
        await using Disturber somebody = Disturber.In(world.Host.NamespacePath);
        await somebody.DeleteTablesAsync("libnetwork");
    }

    private static async Task<string> ForwardingAsync(World world)
    {
        string text = string.Empty;
        await world.InKernelAsync(session => text = string.Join(
            ' ', ((string[])["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]).Select(key => session.ReadSysctl(session.HostNamespace, key))));
        return text;
    }

    private static async Task<bool> ArrivesAsync(NetworkNamespace from, NetworkNamespace to, string address, TimeSpan patience)
        => await Traffic.SendAsync(from.OpenSocket, to.OpenSocket, IPAddress.Parse(address), patience) is not null;

    private static async Task<bool> ArrivesAsync(NetworkNamespace from, ISandbox to, string address, TimeSpan patience)
        => await Traffic.SendAsync(from.OpenSocket, to.OpenSocket, IPAddress.Parse(address), patience) is not null;

    private static async Task<bool> ArrivesAsync(ISandbox from, NetworkNamespace to, string address, TimeSpan patience)
        => await Traffic.SendAsync(from.OpenSocket, to.OpenSocket, IPAddress.Parse(address), patience) is not null;

    private static Task<INetwork> NetworkAsync(World world, string driver)
    {
        IEnumerable<PoolSpec> pools = WireWorld.Pools(gateway: null).Zip((string[])[Shim, ShimIPv6], static (pool, address) => pool with
        {
            Reserved = new Dictionary<string, IPAddress>(StringComparer.Ordinal) { ["host"] = IPAddress.Parse(address) },
        });
        return world.WireNetworkAsync(driver, "wire", [.. pools], ipv6: true, (MacvlanLabels.HostAccess, "true"));
    }
}
