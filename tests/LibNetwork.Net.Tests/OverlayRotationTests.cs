using System.Net;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Keys of nodes that change while endpoints talk.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlayRotationTests
{
    private const int PerSecond = 1000;

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "OV-06")]
    public async Task Nothing_is_lost_when_nodes_rotate_their_keys()
    {
        const int Rotations = 4;
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, configure: static options => options.KeyOverlap = TimeSpan.FromSeconds(6));
        await hosts.NetworkAsync("net", isEncrypted: true);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task telling = hosts.KeepTellingKeysAsync(end.Token);
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        await OverlayHosts.EventuallyAsync(() => Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)));
        HashSet<string> keys = [.. hosts.Worlds.Select(static world => world.Keys.OwnKeys.Single().PublicKey)];
        using NumberedFlow there = NumberedFlow.Start(a, b, two.State.IPv4!.Value.Address, PerSecond), back = NumberedFlow.Start(b, a, one.State.IPv6 is null ? one.State.IPv4!.Value.Address : one.State.IPv6.Value.Address, PerSecond);

        for (int round = 0; round < Rotations; round++)
        {
            World[] rotating = round == Rotations - 1 ? [.. hosts.Worlds] : [hosts[round % 2]];   // at last both at once
            await Task.WhenAll(rotating.Select(static world => world.Keys.RotateAsync(Cancel).AsTask()));
            Assert.All(rotating, static world => Assert.Equal(2, world.Keys.OwnKeys.Count));
            await OverlayHosts.EventuallyAsync(() => Task.FromResult(hosts.Worlds.All(static world => world.Keys.OwnKeys.Count == 1)));
            Assert.All(rotating, world => Assert.True(keys.Add(world.Keys.OwnKeys.Single().PublicKey), "the key is no other"));
        }

        (int sentThere, IReadOnlyList<int> lostThere) = await there.StopAsync();
        (int sentBack, IReadOnlyList<int> lostBack) = await back.StopAsync();
        await end.CancelAsync();
        await telling;

        Assert.True(sentThere > PerSecond && sentBack > PerSecond, $"only {sentThere} and {sentBack} were sent");
        Assert.True(lostThere.Count + lostBack.Count == 0, $"lost of {sentThere}: {string.Join(' ', lostThere.Take(50))}; of {sentBack}: {string.Join(' ', lostBack.Take(50))}");
    }

    [Fact]
    public async Task A_third_key_has_to_wait_and_the_old_one_goes_after_its_time()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1, configure: static options => options.KeyOverlap = TimeSpan.FromSeconds(2));
        NetworkException none = await Assert.ThrowsAsync<NetworkException>(() => hosts[0].Keys.RotateAsync(Cancel).AsTask());
        await hosts.NetworkAsync("net", isEncrypted: true);
        OverlayNodeKey first = hosts[0].Keys.OwnKeys.Single();

        await hosts[0].Keys.RotateAsync(Cancel);
        IReadOnlyList<OverlayNodeKey> both = hosts[0].Keys.OwnKeys;
        NetworkException third = await Assert.ThrowsAsync<NetworkException>(() => hosts[0].Keys.RotateAsync(Cancel).AsTask());
        await OverlayHosts.EventuallyAsync(() => Task.FromResult(hosts[0].Keys.OwnKeys.Count == 1));
        await hosts[0].Controller.DrainAsync();
        IReadOnlyList<LinkInfo> links = await OverlayHosts.LinksAsync(hosts[0]);

        Assert.Equal((NetworkErrorKind.NotFound, NetworkErrorKind.Conflict), (none.Kind, third.Kind));
        Assert.Equal(first, both[0]);
        Assert.NotEqual(first.Port, both[1].Port);
        Assert.Equal([both[1]], hosts[0].Keys.OwnKeys);
        Assert.Single(links, static link => link.Kind == "wireguard");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_conflict_that_leaves_nothing()
    {
        OverlayHosts.SkipWithoutWireGuard();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        await hosts.NetworkAsync("net", isEncrypted: true);
        int next = hosts[0].Keys.OwnKeys.Single().Port + 1;
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(hosts[0]);
        NetworkException taken;

        await using (EchoServer.Start(hosts[0].Host.Namespace.OpenSocket, next, "taken"))
        {
            taken = await Assert.ThrowsAsync<NetworkException>(() => hosts[0].Keys.RotateAsync(Cancel).AsTask());
        }

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(hosts[0]), "a conflict");
        await hosts[0].Keys.RotateAsync(Cancel);   // the control

        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);
    }

    /// <summary>Each verb fails at each point, and the kernel is as before.</summary>
    [Theory]
    [InlineData("create")]
    [InlineData("join")]
    [InlineData("tell")]
    [InlineData("rotate")]
    public async Task What_fails_half_way_leaves_everything_as_it_was(string verb)
    {
        OverlayHosts.SkipWithoutWireGuard();
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
        NetworkSpec spec = new()
        {
            Name = "net", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse(OverlayHosts.IPv4Subnet) }],
            Options = new Dictionary<string, string> { [LibNetwork.Drivers.Overlay.OverlayLabels.Encrypted] = string.Empty },
        };
        await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "docker_gwbridge" }, Cancel);   // it would stay
        await world.Keys.TellNodeAsync(Underlay.IPv4(1), [Key(1)], Cancel);
        INetwork? network = verb == "create" ? null : await world.Controller.CreateNetworkAsync(spec, Cancel);
        if (verb is "tell" or "rotate")
        {
            await world.AttachNewAsync(network!, "a");   // it was just made
        }

        ISandbox sandbox = await world.SandboxAsync("s");
        IEndpoint? endpoint = network is null ? null : await network.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        await (network is null ? ValueTask.CompletedTask : world.Peers.AddAsync(network.Id, [Peer], Cancel));
        IReadOnlyList<string> before = await TakeAsync(world);

        for (int target = 0; ; target++)
        {
            faults.Arm(target);
            Exception? failure = await Record.ExceptionAsync(() => verb switch
            {
                "create" => world.Controller.CreateNetworkAsync(spec, Cancel),
                "join" => endpoint!.JoinAsync(sandbox, cancellationToken: Cancel),   // it was made above
                "tell" => world.Keys.TellNodeAsync(Underlay.IPv4(1), [Key(2)], Cancel).AsTask(),
                _ => world.Keys.RotateAsync(Cancel).AsTask(),
            });
            string? hit = faults.Hit;
            faults.Arm();
            if (hit is null)
            {
                Assert.True(target > 4, $"only {target} points were seen");
                Assert.Null(failure);
                return;
            }

            if (failure is null)
            {
                Assert.Fail($"it succeeded although \"{hit}\" failed");
            }

            WorldSnapshot.AssertEqual(before, await TakeAsync(world), hit);
        }
    }

    private static OverlayPeer Peer { get; } = new()
    {
        IPv4 = IPAddress.Parse("10.9.7.1"), MacAddress = MacAddress.Of(IPAddress.Parse("10.9.7.1")), NodeAddress = Underlay.IPv4(1),
    };

    private static OverlayNodeKey Key(byte number) => new() { PublicKey = Convert.ToBase64String([.. Enumerable.Repeat(number, 32)]), Port = 4793 };

    private static async Task<IReadOnlyList<string>> TakeAsync(World world)
    {
        const ushort Permanent = 0x80;   // NUD_PERMANENT; others come and go by themselves
        List<string> lines = [.. await WorldSnapshot.TakeAsync(world)];
        await world.InKernelAsync(session =>
        {
            lines.AddRange(session.Route.DumpForwardingEntries().Where(static entry => entry.Remote is not null).Select(static entry => $"station {entry.HardwareAddress} {entry.Remote}"));
            lines.AddRange(session.Route.DumpNeighbours().Where(static neighbour => (neighbour.State & Permanent) != 0).Select(static neighbour => $"neighbour {neighbour.Address} {neighbour.HardwareAddress}"));
            lines.AddRange(session.Route.DumpLinks().Where(static link => link is { Kind: "wireguard", Group: 0 })
                .SelectMany(link => session.WireGuard.Read(link.Index)!.Peers.Select(peer => $"key {link.Name} {peer.PublicKey} {peer.EndPoint} {string.Join(' ', peer.AllowedNetworks)}")));
        });
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
