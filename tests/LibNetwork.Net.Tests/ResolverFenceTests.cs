using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>
/// The resolver's address belongs to the sandbox alone, also where the container routes such addresses and believes any sender: a neighbour can neither ask
/// there nor answer in its name.
/// </summary>
[Trait("Category", "Kernel")]
public sealed class ResolverFenceTests
{
    private const string Trusting = "net.ipv4.conf.IFNAME.route_localnet=1,net.ipv4.conf.IFNAME.accept_local=1,net.ipv4.conf.IFNAME.rp_filter=0";
    private const string Lie = "203.0.113.66";

    private static readonly IPAddress Resolver = new([127, 0, 0, 11]);

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "DN-01")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_neighbour_cannot_ask(bool hasFence)
    {
        await using World world = await World.CreateAsync();
        (ISandbox victim, Socket neighbour, Func<IPAddress, IPAddress, byte[], byte[]> packet) = await PrepareAsync(world, hasFence);
        using Socket wire = neighbour;
        ushort port = await PortAsync(world, victim);
        await using IAsyncEnumerator<DnsAnswer> heard = world.Controller.WatchDnsAnswersAsync(Cancel).GetAsyncEnumerator(Cancel);

        await wire.SendAsync(packet(IPAddress.Parse("198.51.100.7"), Resolver, Datagram(4000, port, DnsText.Query("victim.front", DnsRecordType.A))));
        await new DnsClient(victim.OpenSocket).AskAsync("victim");

        Assert.True(await heard.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal(hasFence ? "victim" : "victim.front", heard.Current.Name);
    }

    [Theory, Trait("Feature", "DN-01")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_neighbour_cannot_answer_in_its_name(bool hasFence)
    {
        await using World world = await World.CreateAsync();
        (ISandbox victim, Socket neighbour, Func<IPAddress, IPAddress, byte[], byte[]> packet) = await PrepareAsync(world, hasFence);
        using Socket wire = neighbour;
        using Socket client = victim.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(new IPEndPoint(Resolver, 53));
        IPEndPoint own = (IPEndPoint)client.LocalEndPoint!;   // it is connected
        byte[] query = DnsText.Query("victim", DnsRecordType.A);
        byte[] lie = DnsText.Reply(query, 0, ("victim", DnsRecordType.A, IPAddress.Parse(Lie).GetAddressBytes()));

        await wire.SendAsync(packet(Resolver, own.Address, Datagram(53, (ushort)own.Port, lie)));
        await client.SendAsync(query);
        byte[] buffer = new byte[512];
        int received = await client.ReceiveAsync(buffer.AsMemory(), Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal(!hasFence, DnsText.Parse(buffer.AsSpan(0, received)).Data.Contains(Lie));
    }

    /// <summary>Makes a container that trusts everybody, and a neighbour that may say anything.</summary>
    private static async Task<(ISandbox Victim, Socket Neighbour, Func<IPAddress, IPAddress, byte[], byte[]> Packet)> PrepareAsync(World world, bool hasFence)
    {
        INetwork network = await world.NetworkAsync("front");
        ISandbox victim = await world.SandboxAsync("victim"), attacker = await world.SandboxAsync("attacker");
        IEndpoint to = await network.AttachAsync(
            victim,
            new EndpointSpec { Name = "victim", DnsNames = ["victim"], Options = new Dictionary<string, string> { [NetworkLabels.Sysctls] = Trusting } },
            cancellationToken: Cancel);
        IEndpoint from = await network.AttachAsync(
            attacker,
            new EndpointSpec { Name = "attacker", Options = new Dictionary<string, string> { ["libnetwork.bridge.source_guard"] = "false" } },
            cancellationToken: Cancel);
        await world.InKernelAsync(static session => session.WriteSysctl(session.HostNamespace, "net/ipv4/conf/all/rp_filter", "0"), victim.NamespacePath);
        if (!hasFence)
        {
            await world.InKernelAsync(
                static session =>
                {
                    NftTransaction transaction = session.Nftables.Begin();
                    transaction.FlushChain(NftFamily.IPv4, "libnetwork_dns", "fence");
                    session.Nftables.Commit(transaction);
                },
                victim.NamespacePath);
        }

        // Where bridged packets pass the rules of the IP stack, those of the host would drop these already.
        await world.InKernelAsync(static session =>
        {
            try
            {
                session.WriteSysctl(session.HostNamespace, "net/bridge/bridge-nf-call-iptables", "0");
            }
            catch (KernelException missing) when (missing.Errno == LinuxErrno.ENOENT)
            {
                // They do not pass them.
            }
        });
        Socket wire = attacker.OpenSocket(AddressFamily.Packet, SocketType.Raw, 0);
        int index = 0;
        await world.InKernelAsync(session => index = session.Route.FindLink("eth0")!.Index, attacker.NamespacePath);
        wire.Bind(new PacketEndPoint(index));
        return (victim, wire, (source, destination, datagram) => Frame.Ethernet(
            from.State.MacAddress!.Value, to.State.MacAddress!.Value, Frame.IPv4, Frame.OverIPv4(source, destination, Frame.Udp, datagram)));   // both are joined
    }

    /// <summary>Where the resolver really listens, which the comment of its table says.</summary>
    private static async Task<ushort> PortAsync(World world, ISandbox sandbox)
    {
        string? comment = null;
        await world.InKernelAsync(
            session => comment = session.Nftables.ReadRuleset(NftFamily.IPv4, "libnetwork_dns").Tables[0].Comment, sandbox.NamespacePath);
        return ushort.Parse(comment!.Split(' ')[^2], CultureInfo.InvariantCulture);   // it always has one
    }

    private static byte[] Datagram(ushort from, ushort to, byte[] content)
    {
        int length = 8 + content.Length;
        return [(byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to, (byte)(length >> 8), (byte)length, 0, 0, .. content];
    }
}
