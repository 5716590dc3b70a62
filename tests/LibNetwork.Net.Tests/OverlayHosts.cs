using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Linux;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Hosts on one wire, each with a controller of its own and with the overlay driver; nobody but the test tells them of each other.</summary>
internal sealed class OverlayHosts : IAsyncDisposable
{
    public const uint Vni = 4242;
    public const string IPv4Subnet = "10.9.0.0/16";

    private readonly Underlay _underlay;

    private OverlayHosts(Underlay underlay, IReadOnlyList<World> worlds, bool overIPv6)
    {
        _underlay = underlay;
        Worlds = worlds;
        OverIPv6 = overIPv6;
    }

    public IReadOnlyList<World> Worlds { get; }

    public bool OverIPv6 { get; }

    public World this[int host] => Worlds[host];

    public Underlay Underlay => _underlay;

    public static async Task<OverlayHosts> CreateAsync(
        int count, bool overIPv6 = false, bool reconciles = false, bool isDurable = false, Action<OverlayDriverOptions>? configure = null)
    {
        Underlay underlay = await Underlay.CreateAsync(count);
        World[] worlds = [.. underlay.Hosts.Select((host, number) => World.CreateOn(
            host,
            options =>
            {
                options.AdvertiseAddress = overIPv6 ? Underlay.IPv6(number) : Underlay.IPv4(number);
                configure?.Invoke(options);
            },
            reconciles: reconciles,
            isDurable: isDurable))];
        return new OverlayHosts(underlay, worlds, overIPv6);
    }

    public IPAddress Node(int host) => OverIPv6 ? Underlay.IPv6(host) : Underlay.IPv4(host);

    /// <summary>Makes a network on every host; each gives out addresses of its own.</summary>
    public async Task NetworkAsync(string name, string vnis = "4242", string ipv4 = IPv4Subnet, string ipv6 = "fd00:9::/64", bool isEncrypted = false, params PoolSpec[] more)
    {
        for (int host = 0; host < Worlds.Count; host++)
        {
            string[] four = ipv4.Split('.'), six = ipv6.Split("::");
            await Worlds[host].Controller.CreateNetworkAsync(
                new NetworkSpec
                {
                    Name = name,
                    Driver = "overlay",
                    EnableIPv6 = true,
                    Pools =
                    [
                        new PoolSpec { Subnet = Subnet.Parse(ipv4), Range = Subnet.Parse($"{four[0]}.{four[1]}.{host + 1}.0/24") },
                        new PoolSpec { Subnet = Subnet.Parse(ipv6), Range = Subnet.Parse($"{six[0]}::{host + 1}:0/112") },
                        .. more,
                    ],
                    Options = isEncrypted
                        ? new Dictionary<string, string> { [OverlayLabels.VniList] = vnis, [OverlayLabels.Encrypted] = string.Empty }
                        : new Dictionary<string, string> { [OverlayLabels.VniList] = vnis },
                },
                World.Cancel);
        }
    }

    /// <summary>Puts a new sandbox of a host on a network.</summary>
    public async Task<(ISandbox Sandbox, IEndpoint Endpoint)> AttachAsync(int host, string network, string name, IPAddress? ipv4 = null)
    {
        ISandbox sandbox = await Worlds[host].SandboxAsync(name);
        EndpointSpec spec = new() { Name = name, IPv4Address = ipv4 };
        return (sandbox, await Worlds[host].Controller.GetNetwork(network).AttachAsync(sandbox, spec, cancellationToken: World.Cancel));
    }

    /// <summary>Tells hosts of all endpoints that the others have on a network now.</summary>
    public async Task TellAsync(string network, params int[] among)
    {
        int[] hosts = among.Length > 0 ? among : [.. Enumerable.Range(0, Worlds.Count)];
        foreach (int host in hosts)
        {
            OverlayPeer[] peers = [.. hosts.Where(other => other != host).SelectMany(other => PeersOf(other, network))];
            await Worlds[host].Peers.ReplaceAsync(Worlds[host].Controller.GetNetwork(network).Id, peers, World.Cancel);
        }
    }

    /// <summary>Tells hosts of the keys that the others have now.</summary>
    public async Task TellKeysAsync()
    {
        for (int host = 0; host < Worlds.Count; host++)
        {
            for (int other = 0; other < Worlds.Count; other++)
            {
                if (other != host)
                {
                    await Worlds[host].Keys.TellNodeAsync(Node(other), Worlds[other].Keys.OwnKeys, World.Cancel);
                }
            }
        }
    }

    /// <summary>Tells hosts of the others' keys, and of each change, until it is cancelled.</summary>
    public Task KeepTellingKeysAsync(CancellationToken cancellationToken)
        => Task.WhenAll(Enumerable.Range(0, Worlds.Count).Select(async host =>
        {
            try
            {
                await foreach (IReadOnlyList<OverlayNodeKey> keys in Worlds[host].Keys.WatchOwnKeysAsync(cancellationToken))
                {
                    foreach (int other in Enumerable.Range(0, Worlds.Count).Where(other => other != host))
                    {
                        await Worlds[other].Keys.TellNodeAsync(Node(host), keys, cancellationToken);
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The end of the test.
            }
        }));

    public IEnumerable<OverlayPeer> PeersOf(int host, string network)
        => Worlds[host].Controller.GetNetwork(network).Endpoints.Select(endpoint => new OverlayPeer
        {
            IPv4 = endpoint.State.IPv4?.Address,
            IPv6 = endpoint.State.IPv6?.Address,
            MacAddress = endpoint.State.MacAddress!.Value,   // every endpoint of an overlay has one
            NodeAddress = Node(host),
        });

    /// <summary>Sends a packet of a tunnel as a node could that made it by hand.</summary>
    public static async Task SendAsync(Func<AddressFamily, SocketType, ProtocolType, Socket> from, IPAddress node, uint vni, byte[] frame, byte flags = 8)
    {
        using Socket socket = from(node.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        byte[] packet = [flags, 0, 0, 0, (byte)(vni >> 16), (byte)(vni >> 8), (byte)vni, 0, .. frame];
        await socket.SendToAsync(packet, new IPEndPoint(node, OverlayDriverOptions.DefaultPort), World.Cancel);
    }

    /// <summary>Opens an ear that hears every frame of a sandbox's interface.</summary>
    public static async Task<Socket> OpenEarAsync(ISandbox sandbox)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        int index = await kernel.RunAsync(static (session, _) => session.Route.FindLink("eth0")!.Index, 0);   // it was attached
        Socket ear = sandbox.OpenSocket(AddressFamily.Packet, SocketType.Raw, 0);
        ear.Bind(new PacketEndPoint(index));
        return ear;
    }

    public static void SkipWithoutWireGuard() => Assert.SkipUnless(KernelFeature.WireGuard.IsSupported, KernelFeature.WireGuard.Reason ?? string.Empty);

    public static void SkipWithoutVxlan() => Assert.SkipUnless(KernelFeature.Vxlan.IsSupported, KernelFeature.Vxlan.Reason ?? string.Empty);

    public static string Text(InterfaceAddress? address) => address!.Value.Address.ToString();

    public static async Task<IReadOnlyList<LinkInfo>> LinksAsync(World world)
    {
        IReadOnlyList<LinkInfo> links = [];
        await world.InKernelAsync(session => links = session.Route.DumpLinks());
        return links;
    }

    public static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        for (int i = 0; i < 200; i++)
        {
            if (await isSo())
            {
                return;
            }

            await Task.Delay(50, World.Cancel);
        }

        Assert.Fail("it never became so");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (World world in Worlds.Reverse())
        {
            await world.DisposeAsync();
        }

        _underlay.Dispose();
    }
}
