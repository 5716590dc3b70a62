using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What an overlay's packets meet on the way to another node, above all cards that do not fill in the checksums inside tunnels.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlayPathTests
{
    private const int Port = 7000;

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Cards_that_do_not_fill_in_inner_checksums_are_found_out(bool fills, bool overIPv6)
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, overIPv6);
        await using CardRelay relay = await CardRelay.StartAsync(hosts.Underlay, fills);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        await using EchoServer server = EchoServer.Start(b.OpenSocket, Port, "b");
        string address = OverlayHosts.Text(two.State.IPv4);

        bool pings = await Ping.SendAsync(a.OpenSocket, address);
        string? connects = await Asker.TcpAsync(a.OpenSocket, address, Port, expected: fills);
        OverlayPath path = Assert.Single(await hosts[0].Paths.ProbePathsAsync(hosts[0].Controller.GetNetwork("net").Id, Cancel));

        Assert.True(pings, "a ping has its checksum from the program that sends it");
        Assert.Equal(fills, connects is not null);
        Assert.Equal(fills ? OverlayPathState.Works : OverlayPathState.ChecksumsBroken, path.State);
        Assert.Equal((hosts.Node(1), two.State.MacAddress), (path.NodeAddress, path.Peer.MacAddress));
        Assert.Equal(fills ? null : $"let the kernel compute checksums on the interface that leads there: ethtool -K {Underlay.WireName} tx-checksum-ip-generic off", path.Remedy);
    }

    [Fact]
    public async Task Each_node_is_tried_by_its_own_tunnel_and_one_that_is_down_says_nothing_about_the_others()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(3);
        await hosts.NetworkAsync("net", "4242,4243", more: new PoolSpec { Subnet = Subnet.Parse("10.10.0.0/24") });
        await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.AttachAsync(2, "net", "c", System.Net.IPAddress.Parse("10.10.0.8"));
        await hosts.TellAsync("net");
        NetworkId id = hosts[0].Controller.GetNetwork("net").Id;

        IReadOnlyList<OverlayPath> before = await hosts[0].Paths.ProbePathsAsync(id, Cancel);
        await hosts[1].InKernelAsync(static session =>
        {
            session.Route.Batch.ChangeLink(Underlay.WireName, new LinkChange { Up = false });
            session.Route.Execute();
        });
        IReadOnlyList<OverlayPath> after = await hosts[0].Paths.ProbePathsAsync(id, Cancel);

        Assert.Equal(2, before.Count);
        Assert.All(before, static path => Assert.Equal((OverlayPathState.Works, null), (path.State, path.Remedy)));
        Assert.Equal(OverlayPathState.NoAnswer, after.Single(path => path.NodeAddress.Equals(hosts.Node(1))).State);
        Assert.NotNull(after.Single(path => path.NodeAddress.Equals(hosts.Node(1))).Remedy);
        Assert.Equal(OverlayPathState.Works, after.Single(path => path.NodeAddress.Equals(hosts.Node(2))).State);
    }

    [Fact]
    public async Task A_network_of_IPv6_alone_is_tried_by_IPv6()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        for (int host = 0; host < 2; host++)
        {
            await hosts[host].Controller.CreateNetworkAsync(
                new NetworkSpec
                {
                    Name = "net", Driver = "overlay", EnableIPv4 = false, EnableIPv6 = true,
                    Pools = [new PoolSpec { Subnet = Subnet.Parse("fd00:9::/64"), Range = Subnet.Parse($"fd00:9::{host + 1}:0/112") }],
                    Options = new Dictionary<string, string> { [Drivers.Overlay.OverlayLabels.VniList] = "4242" },
                },
                Cancel);
        }

        await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");

        OverlayPath path = Assert.Single(await hosts[0].Paths.ProbePathsAsync(hosts[0].Controller.GetNetwork("net").Id, Cancel));

        Assert.Equal(OverlayPathState.Works, path.State);
    }

    [Fact]
    public async Task Without_an_endpoint_here_there_is_nothing_to_try_and_an_unknown_network_is_not_found()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");

        IReadOnlyList<OverlayPath> none = await hosts[0].Paths.ProbePathsAsync(hosts[0].Controller.GetNetwork("net").Id, Cancel);
        NetworkException unknown = await Assert.ThrowsAsync<NetworkException>(() => hosts[0].Paths.ProbePathsAsync(NetworkId.New(), Cancel));

        Assert.Empty(none);
        Assert.Equal(NetworkErrorKind.NotFound, unknown.Kind);
    }
}
