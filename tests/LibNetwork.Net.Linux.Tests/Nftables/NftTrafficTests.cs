using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

[Trait("Category", "Kernel")]
public sealed class NftTrafficTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Packets_are_masqueraded_published_and_dropped_as_the_rules_say()
    {
        const ushort Open = 1000;
        const ushort Closed = 2000;
        const ushort Published = 3000;
        await using ThreeNamespaces net = await ThreeNamespaces.CreateAsync();
        await net.Router.RunAsync(session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(NftFamily.Inet, "t");
            transaction.AddSet(NftFamily.Inet, "t", new NftSetSpec
            {
                Name = "ports",
                Key = [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
                Data = [NftDataType.IPv4Address, NftDataType.InetService],
            });
            transaction.AddElement(NftFamily.Inet, "t", "ports", NftElement
                .Of(IPAddress.Parse("10.0.1.1"), (byte)17, Published).WithData(ThreeNamespaces.ServerAddress, Open));
            transaction.AddBaseChain(NftFamily.Inet, "t", "pre", NftHook.Prerouting, NftChainType.Nat, NftPriority.DestinationNat);
            transaction.AddRule(NftFamily.Inet, "t", "pre", new NftRule().NfProto(NftFamily.IPv4)
                .DnatToMap(NftFamily.IPv4, "ports", NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort));
            transaction.AddBaseChain(NftFamily.Inet, "t", "post", NftHook.Postrouting, NftChainType.Nat, NftPriority.SourceNat);
            transaction.AddRule(NftFamily.Inet, "t", "post", new NftRule().OifName("vserver").Masquerade());
            transaction.AddBaseChain(NftFamily.Inet, "t", "fwd", NftHook.Forward, NftChainType.Filter, NftPriority.Filter);
            transaction.AddRule(NftFamily.Inet, "t", "fwd", new NftRule().OifName("vserver").L4Proto(17).DestinationPort(Closed).Counter().Drop());
            session.Nftables.Commit(transaction);
        });
        using Socket open = net.OpenServer(Open);
        using Socket closed = net.OpenServer(Closed);
        using Socket client = net.OpenClient();

        await client.SendToAsync(new byte[] { 2 }, new IPEndPoint(ThreeNamespaces.ServerAddress, Closed), TestContext.Current.CancellationToken);
        (byte direct, IPEndPoint directSource) = await ExchangeAsync(client, open, new IPEndPoint(ThreeNamespaces.ServerAddress, Open));
        (byte published, _) = await ExchangeAsync(client, open, new IPEndPoint(IPAddress.Parse("10.0.1.1"), Published));

        Assert.Equal((1, 1), (direct, published));
        Assert.Equal(ThreeNamespaces.RouterAtServer, directSource.Address);
        Assert.Equal(0, closed.Available);
        NftRuleset found = await net.Router.RunAsync(session => session.Nftables.ReadRuleset(NftFamily.Inet, "t"));
        NftCounterExpression counter = found.Tables[0].FindChain("fwd")!.Rules[0].Rule.Expressions.OfType<NftCounterExpression>().Single();
        Assert.Equal(1ul, counter.Packets);
    }

    /// <summary>Sends, answers, and returns the answer and where the packet seemed to come from.</summary>
    private static async Task<(byte Answer, IPEndPoint Source)> ExchangeAsync(Socket client, Socket server, IPEndPoint to)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        byte[] buffer = new byte[1];
        await client.SendToAsync(new byte[] { 1 }, to, limit.Token);
        SocketReceiveFromResult received = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), limit.Token);
        await server.SendToAsync(buffer, received.RemoteEndPoint, limit.Token);
        buffer[0] = 0;
        SocketReceiveFromResult answer = await client.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), limit.Token);
        Assert.Equal(to, answer.RemoteEndPoint);
        return (buffer[0], (IPEndPoint)received.RemoteEndPoint);
    }
}
