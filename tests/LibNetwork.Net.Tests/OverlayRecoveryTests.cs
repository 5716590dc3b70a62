using System.Collections.Concurrent;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;
using LibNetwork.Reconciliation;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Overlay networks over restarts, lost state and the deeds of others.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlayRecoveryTests
{
    private const ushort Permanent = 0x80;   // NUD_PERMANENT; others come and go by themselves

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "CN-08")]
    public async Task The_next_process_takes_endpoints_and_peers_up()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, isDurable: true);
        await hosts.NetworkAsync("net");
        await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        string target = OverlayHosts.Text(two.State.IPv4);

        RestoreReport report = await hosts[0].RestartAsync();
        ISandbox a = hosts[0].Controller.GetSandbox("a");
        bool kept = await Ping.SendAsync(a.OpenSocket, target);
        await hosts[0].Peers.ReplaceAsync(hosts[0].Controller.GetNetwork("net").Id, [], Cancel);
        bool removed = !await Ping.SendAsync(a.OpenSocket, target);
        await hosts[0].Controller.GetNetwork("net").GetEndpoint("a").DeleteAsync(force: true, Cancel);
        await hosts[0].Controller.DrainAsync();

        Assert.Empty(report.Failures);
        Assert.Empty(report.Removed);
        Assert.Equal((true, true), (kept, removed));
        Assert.DoesNotContain(await OverlayHosts.LinksAsync(hosts[0]), static link => link.Kind == "vxlan");
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task What_nobody_has_on_record_is_removed()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1, isDurable: true);
        await hosts.NetworkAsync("net");
        await hosts.AttachAsync(0, "net", "a");

        await hosts[0].RestartAsync();
        bool lives = (await OverlayHosts.LinksAsync(hosts[0])).Any(static link => link.Kind == "vxlan");
        await World.ForgetAllAsync(hosts[0].Store, saysSo: false);
        RestoreReport report = await hosts[0].RestartAsync();
        await hosts[0].Controller.DrainAsync();

        Assert.True(lives);
        Assert.Equal(3, report.Removed.Count(static removed => removed.Contains("libnetwork:overlay", StringComparison.Ordinal)));
        Assert.DoesNotContain(await OverlayHosts.LinksAsync(hosts[0]), static link => link.Kind is "vxlan" || link.Name.StartsWith("ov", StringComparison.Ordinal));
        Assert.DoesNotContain("libnetwork_overlay", await Nft.ListAsync(hosts[0].Host), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip link delete vx-001092-{0}")]
    [InlineData("ip link set vx-001092-{0} down")]
    [InlineData("ip link set vx-001092-{0} nomaster")]
    [InlineData("ip link delete ov-{1}")]
    [InlineData("bridge fdb delete {2} dev vx-001092-{0} self")]
    [InlineData("ip neigh flush dev vx-001092-{0} nud permanent")]
    [InlineData("nft delete table inet libnetwork_overlay")]
    [InlineData("ip link set {3} nomaster")]
    [InlineData("ip link set {3} down mtu 1300")]
    [InlineData("ip link delete {3}")]
    [InlineData("sh -c \"echo 0 > /proc/sys/net/ipv6/conf/{3}/disable_ipv6; ip link set {3} down\"")]
    public async Task What_somebody_takes_away_comes_back(string command)
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, reconciles: true);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        string id = hosts[0].Controller.GetNetwork("net").Id.Value;
        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)));

        await HostProgram.RunAsync(hosts[0].Host, string.Format(null, command, id[..5], id[..12], two.State.MacAddress, await PortAsync(hosts[0])));

        await OverlayHosts.EventuallyAsync(async () => (await hosts[0].Controller.DiagnoseAsync(Cancel)).Findings.Count == 0
            && await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)));
        Assert.Contains("inet libnetwork_overlay", await Nft.ListAsync(hosts[0].Host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diagnosis_names_peers_that_somebody_took_away_and_changes_nothing()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        bool wasWell = (await hosts[0].Controller.DiagnoseAsync(Cancel)).Findings.Count == 0;
        string id = hosts[0].Controller.GetNetwork("net").Id.Value;

        await HostProgram.RunAsync(hosts[0].Host, $"bridge fdb delete {two.State.MacAddress} dev vx-001092-{id[..5]} self");
        Diagnosis first = await hosts[0].Controller.DiagnoseAsync(Cancel), second = await hosts[0].Controller.DiagnoseAsync(Cancel);

        Assert.True(wasWell);
        Assert.Equal([FindingKind.PeerMissing], first.Findings.Select(static finding => finding.Kind));
        Assert.Equal([FindingKind.PeerMissing], second.Findings.Select(static finding => finding.Kind));
    }

    [Fact]
    public async Task A_diagnosis_names_what_somebody_did_to_an_endpoints_port()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        await hosts.NetworkAsync("net");
        await hosts.AttachAsync(0, "net", "a");
        bool wasWell = (await hosts[0].Controller.DiagnoseAsync(Cancel)).Findings.Count == 0;
        string port = await PortAsync(hosts[0]);

        await HostProgram.RunAsync(hosts[0].Host, $"sh -c \"ip link set {port} nomaster; echo 0 > /proc/sys/net/ipv6/conf/{port}/disable_ipv6\"");
        Diagnosis diagnosis = await hosts[0].Controller.DiagnoseAsync(Cancel);

        Assert.True(wasWell);
        Assert.Equal([FindingKind.PortDetached, FindingKind.SysctlChanged], diagnosis.Findings.Select(static finding => finding.Kind));
    }

    [Fact]
    public async Task A_join_to_a_bridge_that_is_gone_says_so_and_leaves_nothing()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        await hosts.NetworkAsync("net");
        await hosts.AttachAsync(0, "net", "a");
        ISandbox sandbox = await hosts[0].SandboxAsync("b");
        IEndpoint endpoint = await hosts[0].Controller.GetNetwork("net").CreateEndpointAsync(new EndpointSpec { Name = "b" }, Cancel);
        await HostProgram.RunAsync(hosts[0].Host, $"ip link delete ov-{hosts[0].Controller.GetNetwork("net").Id.Value[..12]}");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(hosts[0]);

        NetworkException gone = await Assert.ThrowsAsync<NetworkException>(() => endpoint.JoinAsync(sandbox, cancellationToken: Cancel));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(hosts[0]), "a bridge that is gone");
        await hosts[0].Controller.GetNetwork("net").GetEndpoint("a").DeleteAsync(force: true, Cancel);
        await endpoint.JoinAsync(sandbox, cancellationToken: Cancel);

        Assert.Equal(NetworkErrorKind.NotFound, gone.Kind);
        Assert.Contains("bridge was removed", gone.Message, StringComparison.Ordinal);
        Assert.NotNull(gone.Remedy);
    }

    [Fact]
    public async Task What_the_store_has_lost_is_read_from_the_kernel()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net", "4242,4243", more: new PoolSpec { Subnet = Subnet.Parse("10.10.0.0/24") });
        await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(0, "net", "c", System.Net.IPAddress.Parse("10.10.0.8"));
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        await hosts[0].Controller.GetNetwork("net").GetEndpoint("a").RenameAsync("first", Cancel);
        string[] before = Essence(hosts[0]);
        IReadOnlyList<string> kernel = await TakeAsync(hosts[0]);
        INetworkStore store = hosts[0].Store;

        RestoreReport report = await hosts[0].RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(
            () => hosts.AttachAsync(0, "net", "late", hosts[0].Controller.GetNetwork("net").GetEndpoint("c").State.IPv4!.Value.Address));

        Assert.Empty(report.Failures);
        Assert.Empty(report.NotRebuilt);
        Assert.Empty(report.Removed);
        Assert.Equal(before, Essence(hosts[0]));
        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);   // addresses are held again
        Assert.Equal(kernel.Where(IsOfDriver), (await TakeAsync(hosts[0])).Where(IsOfDriver));
        Assert.True(await Ping.SendAsync(hosts[0].Controller.GetSandbox("a").OpenSocket, OverlayHosts.Text(two.State.IPv4)));

        static string[] Essence(World world)
        {
            INetwork network = world.Controller.GetNetwork("net");
            return
            [
                $"{network.Id} {network.State.Driver} {network.State.Scope} {network.State.Internal} {network.State.Options[Drivers.Overlay.OverlayLabels.VniList]}",
                .. network.State.Pools.Select(static pool => pool.Subnet.ToString()),
                .. network.Endpoints.Select(static endpoint => endpoint.State).OrderBy(static state => state.Name, StringComparer.Ordinal)
                    .Select(static state => $"{state.Id} {state.Name} {state.MacAddress} {state.IPv4} {state.IPv6} {state.SandboxId} {state.InterfaceName}"),
            ];
        }

        static bool IsOfDriver(string line) => line.StartsWith("station", StringComparison.Ordinal) || line.StartsWith("neighbour", StringComparison.Ordinal)
            || line.StartsWith("link ov", StringComparison.Ordinal) || line.StartsWith("link vx", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_are_not_listed_while_nothing_happens_to_them()
    {
        OverlayHosts.SkipWithoutVxlan();
        using Underlay underlay = await Underlay.CreateAsync(1);
        ConcurrentQueue<string> asked = new();
        FaultInjector requests = new() { Passing = asked.Enqueue };
        await using World world = World.CreateOn(underlay.Hosts[0], static options => options.AdvertiseAddress = Underlay.IPv4(0), requests, reconciles: true);
        INetwork network = await world.Controller.CreateNetworkAsync(
            new NetworkSpec { Name = "net", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse(OverlayHosts.IPv4Subnet) }] }, Cancel);
        await world.AttachNewAsync(network, "a");
        await world.Peers.ReplaceAsync(network.Id, [Peer(1, 1), Peer(2, 2)], Cancel);
        string look = $"find link ov-{network.Id.Value[..12]}";

        bool wasQuiet = false;
        for (int attempt = 0; attempt < 10 && !wasQuiet; attempt++)   // what the test itself did is looked at once
        {
            asked.Clear();
            await OverlayHosts.EventuallyAsync(() => Task.FromResult(asked.Count(request => request == look) >= 3));
            wasQuiet = !asked.Any(IsList);
        }

        asked.Clear();
        await HostProgram.RunAsync(world.Host, $"bridge fdb delete {Peer(1, 1).MacAddress} dev vx-{Vni(network):x6}-{network.Id.Value[..5]} self");
        await OverlayHosts.EventuallyAsync(() => Task.FromResult(asked.Any(IsList)));   // the control
        await OverlayHosts.EventuallyAsync(async () => (await world.Controller.DiagnoseAsync(Cancel)).Findings.Count == 0);

        Assert.True(wasQuiet);

        static bool IsList(string request) => request.StartsWith("dump neighbours", StringComparison.Ordinal) || request.StartsWith("dump forwarding entries", StringComparison.Ordinal);

        static uint Vni(INetwork network) => uint.Parse(network.State.Options[Drivers.Overlay.OverlayLabels.VniList], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_foreign_tunnel_with_the_same_number_is_a_conflict_that_leaves_nothing()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        await hosts.NetworkAsync("net");
        await HostProgram.RunAsync(hosts[0].Host, $"ip link add foreign type vxlan id {OverlayHosts.Vni} dstport 4789 local {Underlay.IPv4(0)}");
        ISandbox sandbox = await hosts[0].SandboxAsync("a");
        IEndpoint endpoint = await hosts[0].Controller.GetNetwork("net").CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(hosts[0]);

        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => endpoint.JoinAsync(sandbox, cancellationToken: Cancel));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(hosts[0]), "a conflict");
        await HostProgram.RunAsync(hosts[0].Host, "ip link delete foreign");
        await endpoint.JoinAsync(sandbox, cancellationToken: Cancel);

        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);
    }

    /// <summary>Peers are told at each point of failure, and the kernel is as before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peers_that_cannot_be_changed_stay_as_they_were(bool replaces)
    {
        OverlayHosts.SkipWithoutVxlan();
        using Underlay underlay = await Underlay.CreateAsync(1);
        FaultInjector faults = new();
        await using World world = World.CreateOn(
            underlay.Hosts[0],
            static options =>
            {
                options.AdvertiseAddress = Underlay.IPv4(0);
                options.UnderlayMtu = 1500;   // then nothing follows the routes beside the test
            },
            faults);
        INetwork network = await world.Controller.CreateNetworkAsync(
            new NetworkSpec { Name = "net", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse(OverlayHosts.IPv4Subnet) }] }, Cancel);
        await world.AttachNewAsync(network, "a");
        OverlayPeer[] first = [Peer(1, 1), Peer(2, 2)], second = [Peer(2, 2), Peer(3, 1), Peer(4, 3)];
        await world.Peers.ReplaceAsync(network.Id, first, Cancel);
        IReadOnlyList<string> before = await TakeAsync(world);

        for (int target = 0; ; target++)
        {
            faults.Arm(target);
            Exception? failure = await Record.ExceptionAsync(async () => await (replaces
                ? world.Peers.ReplaceAsync(network.Id, second, Cancel)
                : world.Peers.AddAsync(network.Id, second, Cancel)));
            string? hit = faults.Hit;
            faults.Arm();
            if (hit is null)
            {
                Assert.True(target > 2, $"only {target} points were seen");
                Assert.Null(failure);
                return;
            }

            Assert.NotNull(failure);
            WorldSnapshot.AssertEqual(before, await TakeAsync(world), hit);
        }
    }

    private static OverlayPeer Peer(int number, int node) => new()
    {
        IPv4 = System.Net.IPAddress.Parse($"10.9.7.{number}"), MacAddress = MacAddress.Of(System.Net.IPAddress.Parse($"10.9.7.{number}")), NodeAddress = Underlay.IPv4(node),
    };

    /// <summary>The host's end of the one endpoint's cable.</summary>
    private static async Task<string> PortAsync(World world)
        => (await OverlayHosts.LinksAsync(world)).Single(static link => link.Alias?.StartsWith("libnetwork:overlay-endpoint:", StringComparison.Ordinal) == true).Name;

    private static async Task<IReadOnlyList<string>> TakeAsync(World world)
    {
        List<string> lines = [.. await WorldSnapshot.TakeAsync(world)];
        await world.InKernelAsync(session =>
        {
            // Groups that interfaces listen to come and go with the kernel's own neighbour discovery.
            lines.AddRange(session.Route.DumpForwardingEntries().Where(static entry => (entry.HardwareAddress.GetAddressBytes()[0] & 1) == 0).Select(static entry => $"station {entry.Index} {entry.HardwareAddress} {entry.Remote} {entry.Master}"));
            lines.AddRange(session.Route.DumpNeighbours().Where(static neighbour => (neighbour.State & Permanent) != 0).Select(static neighbour => $"neighbour {neighbour.Index} {neighbour.Address} {neighbour.HardwareAddress}"));
        });
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
