using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Encrypted overlay networks: what is on the wire, what comes in, and whose keys count. Beside each stands the same of a network in clear.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlayEncryptionTests
{
    private const string Secret = "secret", Clear = "clear";
    private const uint ClearVni = 5000;
    private const int Port = 7000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Silence = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "OV-06")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_endpoints_say_to_each_other_is_not_on_the_wire(bool overIPv6)
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync(overIPv6);
        await using WireTap tap = await WireTap.OpenAsync(hosts[0]);
        byte[] secret = Guid.NewGuid().ToByteArray(), clear = Guid.NewGuid().ToByteArray(), shouted = Guid.NewGuid().ToByteArray();

        foreach (bool byIPv6 in (bool[])[false, true])
        {
            Assert.True(await SaysAsync(hosts, Secret, secret, byIPv6), "the encrypted network");
            Assert.True(await SaysAsync(hosts, Clear, clear, byIPv6), "the network in clear");
        }

        using (Socket ear = await OverlayHosts.OpenEarAsync(Sandbox(hosts, 1, Secret)), mouth = Sandbox(hosts, 0, Secret).OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            mouth.EnableBroadcast = true;
            mouth.SendTo(shouted, new IPEndPoint(IPAddress.Parse("10.9.255.255"), Port));
            Assert.True(await Segment.HearAsync(ear, shouted, Patience), "a broadcast");
        }

        Assert.True(tap.HasHeard(clear) && tap.HasHeardClear(ClearVni), "the control: what is in clear is heard");
        Assert.False(tap.HasHeard(secret) || tap.HasHeard(shouted), "what was said is heard");
        Assert.False(tap.HasHeardClear(OverlayHosts.Vni), "a tunnel in clear is heard");
    }

    [Fact, Trait("Feature", "OV-06")]
    public async Task A_frame_in_clear_does_not_come_in_whoever_it_says_that_it_is_from()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync();
        IPAddress key = await KeyAddressAsync(hosts[1]);
        await Nft.RunAsync(hosts[1].Host, "flush chain inet libnetwork_overlay output");   // who wants to harm has no rule against it
        foreach (string command in (string[])["add table inet admin", "add chain inet admin input { type filter hook input priority -300 ; }", "add rule inet admin input udp dport 4789 accept"])
        {
            await Nft.RunAsync(hosts[0].Host, command);   // an administrator's rule that lets all tunnels in, and comes first
        }

        Assert.True(await IsHeardAsync(hosts, Clear, ClearVni), "the control: a member of the network in clear");
        Assert.False(await IsHeardAsync(hosts, Secret, OverlayHosts.Vni), "a member's address");
        Assert.False(await IsHeardAsync(hosts, Secret, OverlayHosts.Vni, from: key), "the address of a member's key");
        await Nft.RunAsync(hosts[0].Host, "flush chain inet libnetwork_overlay input");
        Assert.True(await IsHeardAsync(hosts, Secret, OverlayHosts.Vni, from: key), "the control: it is our rules that keep it out");
    }

    [Fact, Trait("Feature", "OV-06")]
    public async Task Nothing_leaves_in_clear_when_the_encryption_is_taken_away()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync();
        await using WireTap tap = await WireTap.OpenAsync(hosts[0]);
        Assert.True(await PingsAsync(hosts));
        string link = (await CiphersAsync(hosts[0])).Single();

        await HostProgram.RunAsync(hosts[0].Host, $"ip -6 route add default via {Underlay.IPv6(1)} dev {Underlay.WireName}");   // a way in clear
        await HostProgram.RunAsync(hosts[0].Host, $"ip link delete {link}");
        bool pings = await PingsAsync(hosts);
        bool leaks = tap.HasHeardClear(OverlayHosts.Vni);
        await Nft.RunAsync(hosts[0].Host, "flush chain inet libnetwork_overlay output");
        await PingsAsync(hosts);

        Assert.Equal((false, false), (pings, leaks));
        await OverlayHosts.EventuallyAsync(() => Task.FromResult(tap.HasHeardClear(OverlayHosts.Vni)));   // the control: it is our rule that keeps it in
    }

    [Fact, Trait("Feature", "OV-06")]
    public async Task Only_who_has_the_key_that_was_told_is_reached_and_heard()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync(Secret, isEncrypted: true);
        await hosts.AttachAsync(0, Secret, $"0-{Secret}");
        await hosts.AttachAsync(1, Secret, $"1-{Secret}");
        await hosts.TellAsync(Secret);
        OverlayNodeKey right = hosts[1].Keys.OwnKeys.Single();
        OverlayNodeKey wrong = right with { PublicKey = Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray()) };

        bool untold = await PingsAsync(hosts);
        await hosts.TellKeysAsync();
        await hosts[0].Keys.TellNodeAsync(hosts.Node(1), [wrong], Cancel);
        bool wrongly = await PingsAsync(hosts), back = await PingsAsync(hosts, from: 1);
        await hosts[0].Keys.TellNodeAsync(hosts.Node(1), [right], Cancel);
        bool rightly = await PingsAsync(hosts);
        await hosts[0].Keys.TellNodeAsync(hosts.Node(1), [], Cancel);
        bool forgotten = await PingsAsync(hosts);

        Assert.Equal((false, false, false, true, false), (untold, wrongly, back, rightly, forgotten));
    }

    [Fact]
    public async Task A_node_reaches_nothing_but_tunnels_by_the_encryption()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync(overIPv6: true);
        string key = (await KeyAddressAsync(hosts[0])).ToString();
        await using EchoServer server = EchoServer.Start(hosts[0].Host.Namespace.OpenSocket, Port, "host", AddressFamily.InterNetworkV6);
        ISandbox evil = await hosts[1].SandboxAsync("evil");
        await (await hosts[1].NetworkAsync("web")).AttachAsync(evil, new EndpointSpec { Name = "evil" }, cancellationToken: Cancel);

        Assert.NotNull(await Asker.UdpAsync(hosts[1].Host.Namespace.OpenSocket, hosts.Node(0).ToString(), Port));   // the control
        Assert.Null(await Asker.UdpAsync(hosts[1].Host.Namespace.OpenSocket, key, Port, expected: false));
        Assert.Null(await Asker.UdpAsync(evil.OpenSocket, key, Port, expected: false));
        Assert.False(await IsHeardAsync(hosts, Secret, OverlayHosts.Vni, to: IPAddress.Parse(key), by: evil), "an endpoint's frame under its node's key");
        Assert.True(await IsHeardAsync(hosts, Secret, OverlayHosts.Vni, to: IPAddress.Parse(key)), "the control: the node's own");
    }

    [Theory, Trait("Feature", "OV-02")]
    [InlineData(false, 1370)]
    [InlineData(true, 1338)]
    public async Task The_MTU_leaves_room_for_the_encryption(bool overIPv6, int expected)
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync(overIPv6);
        await using WireTap tap = await WireTap.OpenAsync(hosts[0]);
        LinkInfo inside = (await WireWorld.InsideAsync(Sandbox(hosts, 0, Secret), static route => route.FindLink("eth0")))!;   // it was attached
        const int Headers = 20 + 8;
        byte[] longest = new byte[expected - Headers];
        Guid.NewGuid().TryWriteBytes(longest.AsSpan(longest.Length - 16));

        Assert.Equal((uint)expected, inside.Mtu);
        Assert.True(await SaysAsync(hosts, Secret, longest, byIPv6: false), "a packet of the MTU's length");
        Assert.False(tap.HasHeardFragments(), "it was cut on the wire");
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task The_next_process_goes_on_with_the_same_key_and_the_keys_of_others()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync(isDurable: true);
        Assert.True(await PingsAsync(hosts));
        IReadOnlyList<OverlayNodeKey> before = hosts[0].Keys.OwnKeys;

        RestoreReport report = await hosts[0].RestartAsync();
        bool pings = await PingsAsync(hosts), pingsBack = await PingsAsync(hosts, from: 1);
        IReadOnlyList<OverlayNodeKey> after = hosts[0].Keys.OwnKeys;
        await hosts[0].Keys.ReplaceNodesAsync(new Dictionary<IPAddress, IReadOnlyList<OverlayNodeKey>>(), Cancel);

        Assert.Empty(report.Failures);
        Assert.Empty(report.Removed);
        Assert.Equal((true, true), (pings, pingsBack));
        Assert.Equal(before, after);
        Assert.False(await PingsAsync(hosts), "a node that was forgotten");
    }

    [Theory]
    [InlineData("ip link delete {0}")]
    [InlineData("ip link set {0} down")]
    [InlineData("ip -6 route flush dev {0} proto static")]
    [InlineData("nft delete table inet libnetwork_overlay")]
    public async Task What_somebody_takes_away_comes_back(string command)
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await CreateAsync(reconciles: true);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task telling = hosts.KeepTellingKeysAsync(end.Token);
        Assert.True(await PingsAsync(hosts));

        await HostProgram.RunAsync(hosts[0].Host, string.Format(null, command, (await CiphersAsync(hosts[0])).Single()));

        await OverlayHosts.EventuallyAsync(async () => (await hosts[0].Controller.DiagnoseAsync(Cancel)).Findings.Count == 0 && await PingsAsync(hosts));
        Assert.Contains("ovkey-", await Nft.ListAsync(hosts[0].Host), StringComparison.Ordinal);
        await end.CancelAsync();
        await telling;
    }

    [Fact]
    public async Task The_encryption_comes_with_the_first_network_and_goes_with_the_last()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(hosts[0]);

        for (int round = 0; round < 3; round++)
        {
            Assert.Empty(hosts[0].Keys.OwnKeys);
            await hosts.NetworkAsync("one", isEncrypted: true);
            await hosts.NetworkAsync("two", "5001", "10.12.0.0/16", "fd00:12::/64", isEncrypted: true);
            string key = hosts[0].Keys.OwnKeys.Single().PublicKey;
            await hosts[0].Controller.GetNetwork("one").DeleteAsync(Cancel);
            Assert.Equal(key, hosts[0].Keys.OwnKeys.Single().PublicKey);
            await hosts[0].Controller.GetNetwork("two").DeleteAsync(Cancel);
        }

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(hosts[0]), "the last network");
    }

    [Fact, Trait("Feature", "OV-06")]
    public async Task A_kernel_without_WireGuard_refuses_and_nothing_is_left()
    {
        OverlayHosts.SkipWithoutVxlan();
        Assert.SkipWhen(KernelFeature.WireGuard.IsSupported, "this kernel has WireGuard");
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(hosts[0]);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => hosts.NetworkAsync(Secret, isEncrypted: true));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(hosts[0]), "a refusal");
        await hosts.NetworkAsync(Secret);   // the control

        Assert.Equal((NetworkErrorKind.NotSupported, OverlayLabels.Encrypted), (refused.Kind, refused.Field));
        Assert.Empty(hosts[0].Keys.OwnKeys);
    }

    private static async Task<OverlayHosts> CreateAsync(bool overIPv6 = false, bool isDurable = false, bool reconciles = false)
    {
        OverlayHosts hosts = await OverlayHosts.CreateAsync(2, overIPv6, reconciles, isDurable);
        await hosts.NetworkAsync(Secret, isEncrypted: true);
        await hosts.NetworkAsync(Clear, "5000", "10.11.0.0/16", "fd00:11::/64");
        await hosts.TellKeysAsync();
        foreach (string network in (string[])[Secret, Clear])
        {
            await hosts.AttachAsync(0, network, $"0-{network}");
            await hosts.AttachAsync(1, network, $"1-{network}");
            await hosts.TellAsync(network);
        }

        return hosts;
    }

    private static ISandbox Sandbox(OverlayHosts hosts, int host, string network) => hosts[host].Controller.GetSandbox($"{host}-{network}");

    private static EndpointState Endpoint(OverlayHosts hosts, int host, string network) => hosts[host].Controller.GetNetwork(network).GetEndpoint($"{host}-{network}").State;

    private static Task<bool> PingsAsync(OverlayHosts hosts, int from = 0)
        => Ping.SendAsync(Sandbox(hosts, from, Secret).OpenSocket, OverlayHosts.Text(Endpoint(hosts, 1 - from, Secret).IPv4));

    /// <summary>Says something from host 0 to host 1, and whether it arrived.</summary>
    private static async Task<bool> SaysAsync(OverlayHosts hosts, string network, byte[] what, bool byIPv6)
    {
        EndpointState target = Endpoint(hosts, 1, network);
        IPAddress address = (byIPv6 ? target.IPv6 : target.IPv4)!.Value.Address;   // the network has both
        using Socket ear = await OverlayHosts.OpenEarAsync(Sandbox(hosts, 1, network));
        using Socket mouth = Sandbox(hosts, 0, network).OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        mouth.SendTo(what, new IPEndPoint(address, Port));
        return await Segment.HearAsync(ear, what[^16..], Patience);
    }

    /// <summary>Whether an endpoint of host 0 hears a tunnel's frame that somebody on host 1 made by hand.</summary>
    private static async Task<bool> IsHeardAsync(OverlayHosts hosts, string network, uint vni, IPAddress? from = null, IPAddress? to = null, ISandbox? by = null)
    {
        EndpointState listener = Endpoint(hosts, 0, network);
        using Socket ear = await OverlayHosts.OpenEarAsync(Sandbox(hosts, 0, network));
        byte[] frame = Frame.Ethernet(
            Endpoint(hosts, 1, network).MacAddress!.Value, listener.MacAddress!.Value, Frame.IPv4,
            Frame.OverIPv4(Endpoint(hosts, 1, network).IPv4!.Value.Address, listener.IPv4!.Value.Address, Frame.Udp, [.. Frame.Datagram(1000, 1000), .. Guid.NewGuid().ToByteArray()]));
        IPAddress node = to ?? (from is null ? hosts.Node(0) : Underlay.IPv6(0));
        await OverlayHosts.SendAsync((family, type, protocol) => Open(family, type, protocol), node, vni, frame);
        return await Segment.HearAsync(ear, frame[^16..], Silence * 4);

        Socket Open(AddressFamily family, SocketType type, ProtocolType protocol)
        {
            Socket socket = by?.OpenSocket(family, type, protocol) ?? hosts[1].Host.Namespace.OpenSocket(family, type, protocol);
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(from, 0));
            }

            return socket;
        }
    }

    private static async Task<IReadOnlyList<string>> CiphersAsync(World world)
        => [.. (await OverlayHosts.LinksAsync(world)).Where(static link => link is { Kind: "wireguard", Group: 0 }).Select(static link => link.Name)];

    private static async Task<IPAddress> KeyAddressAsync(World world)
    {
        IPAddress? address = null;
        await world.InKernelAsync(session => address = session.Route.DumpAddresses().Single(static found => found.Address.ToString().StartsWith("fd6c:6962", StringComparison.Ordinal)).Address);
        return address!;   // Single found it
    }
}
