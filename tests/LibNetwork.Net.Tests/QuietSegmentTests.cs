using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>On a segment that is the network's alone, no endpoint has to hear what concerns nobody, or to believe what no endpoint may say.</summary>
[Trait("Category", "Kernel")]
public sealed class QuietSegmentTests
{
    private const short EtherTypeIPv6 = unchecked((short)0x86DD);
    private static readonly TimeSpan KernelsTalk = TimeSpan.FromSeconds(2.5);   // listener reports and router solicitations come within 2 s

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_endpoint_is_not_heard_by_the_others(bool guarded)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox listener = await world.SandboxAsync("listener");
        await network.AttachAsync(listener, new EndpointSpec { Name = "listener" }, cancellationToken: Cancel);
        if (!guarded)
        {
            await Nft.RunAsync(world.Host, "flush chain bridge libnetwork prerouting");
        }

        using Socket ear = listener.OpenSocket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)IPAddress.HostToNetworkOrder(EtherTypeIPv6));
        ISandbox speaker = await world.SandboxAsync("speaker");
        IEndpoint endpoint = await network.AttachAsync(speaker, new EndpointSpec { Name = "speaker" }, cancellationToken: Cancel);
        await Task.Delay(KernelsTalk, Cancel);

        int heard = CountFramesFrom(endpoint.State.MacAddress!.Value, ear);   // every endpoint of a bridge has one
        Assert.True(guarded ? heard == 0 : heard > 0, $"{heard} frames");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_cannot_pass_itself_off_as_a_router(bool guarded)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox victim = await world.SandboxAsync("victim");
        ISandbox attacker = await world.SandboxAsync("attacker");
        await network.AttachAsync(victim, new EndpointSpec { Name = "victim" }, cancellationToken: Cancel);
        IEndpoint liar = await network.AttachAsync(attacker, new EndpointSpec { Name = "attacker" }, cancellationToken: Cancel);
        if (!guarded)
        {
            await Nft.RunAsync(world.Host, "flush chain bridge libnetwork prerouting");
        }

        await AdvertiseAsync(attacker, liar.State.MacAddress!.Value.ToLinkLocalAddress());   // every endpoint of a bridge has one

        bool believed = false;
        for (int i = 0; i < 20 && !believed; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
            believed = (await AddressesAsync(victim)).Any(address => address.Address.ToString().StartsWith("2001:db8:bad:", StringComparison.Ordinal));
        }

        Assert.Equal(!guarded, believed);
    }

    [Fact]
    public async Task The_link_local_address_works_at_once_and_is_the_one_that_the_kernel_would_give()
    {
        const uint Tentative = 0x40;   // IFA_F_TENTATIVE
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);

        AddressInfo linkLocal = Assert.Single(await AddressesAsync(sandbox), address => address.Address.IsIPv6LinkLocal);

        Assert.Equal(endpoint.State.MacAddress?.ToLinkLocalAddress().ToString(), new IPAddress(linkLocal.Address.GetAddressBytes()).ToString());
        Assert.Equal(0u, linkLocal.Flags & Tentative);
        Assert.Equal("0", await InsideAsync(sandbox, static session => session.ReadSysctl(session.HostNamespace, "net/ipv6/conf/eth0/addr_gen_mode")));
    }

    private static int CountFramesFrom(MacAddress source, Socket ear)
    {
        byte[] expected = new byte[6];
        source.CopyTo(expected);
        byte[] frame = new byte[2048];
        int count = 0;
        while (ear.Available > 0)
        {
            ear.Receive(frame);
            count += frame.AsSpan(6, 6).SequenceEqual(expected) ? 1 : 0;
        }

        return count;
    }

    private static async Task AdvertiseAsync(ISandbox from, IPAddress source)
    {
        byte[] advertisement =
        [
            134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0,   // type, code, checksum by the kernel, hops, flags, half an hour, no timers
            3, 4, 64, 0xC0, 0, 0, 0x07, 0x08, 0, 0, 0x07, 0x08, 0, 0, 0, 0,   // a prefix for addresses of one's own
            0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        int scope = await InsideAsync(from, static session => session.Route.FindLink("eth0")!.Index);   // it was just attached
        using Socket socket = from.OpenSocket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 255);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, scope);
        socket.Bind(new IPEndPoint(new IPAddress(source.GetAddressBytes(), scope), 0));
        await socket.SendToAsync(advertisement, new IPEndPoint(new IPAddress(IPAddress.Parse("ff02::1").GetAddressBytes(), scope), 0), Cancel);
    }

    private static Task<IReadOnlyList<AddressInfo>> AddressesAsync(ISandbox sandbox)
        => InsideAsync(sandbox, static session => session.Route.DumpAddresses(session.Route.FindLink("eth0")!.Index));   // it was just attached

    private static async Task<T> InsideAsync<T>(ISandbox sandbox, Func<KernelSession, T> read)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        return await kernel.RunAsync(static (session, reader) => reader(session), read);
    }
}
