using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Conntrack;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Tests.Nftables;

namespace LibNetwork.Linux.Tests.Conntrack;

[Trait("Category", "Kernel")]
public sealed class ConntrackKernelTests
{
    private const ushort Port = 1000;

    [Fact]
    public async Task Flows_are_listed_and_those_that_fit_are_deleted()
    {
        await using ThreeNamespaces net = await ThreeNamespaces.CreateAsync();
        await net.Router.LoadAsync("table ip t { chain c { type filter hook forward priority 0; ct mark set 7 \n } \n"
            + "chain p { type nat hook postrouting priority 100; masquerade \n } }");
        using Socket client = net.OpenClient();
        await SendAsync(client, Port);
        await SendAsync(client, Port + 1);
        await SendAsync(client, Port + 2);

        IReadOnlyList<ConntrackFlow> before = await net.Router.RunAsync(session => session.Conntrack.List(new ConntrackFilter()));
        int byPort = await net.Router.RunAsync(session => session.Conntrack.Delete(new ConntrackFilter
        {
            Protocol = 17,
            OriginalSource = ThreeNamespaces.ClientAddress,
            OriginalDestination = ThreeNamespaces.ServerAddress,
            ReplyDestination = ThreeNamespaces.RouterAtServer,
            OriginalDestinationPort = Port,
            Zone = 0,
        }));
        string left = await net.Router.ExecAsync("conntrack", "-L");
        int others = await net.Router.RunAsync(session => session.Conntrack.Delete(new ConntrackFilter { Mark = 0x7, MarkMask = 0xf }));
        int none = await net.Router.RunAsync(session => session.Conntrack.Delete(new ConntrackFilter { Protocol = 17 }));

        ConntrackFlow flow = Assert.Single(before, flow => flow.Original.DestinationPort == Port);
        Assert.Equal(ThreeNamespaces.ClientAddress, flow.Original.Source);
        Assert.Equal(new ConntrackTuple(
            ThreeNamespaces.ServerAddress, ThreeNamespaces.RouterAtServer, 17, Port, flow.Reply.DestinationPort), flow.Reply);
        Assert.Equal(7u, flow.Mark);
        Assert.True((flow.Status & NftCtStatus.SourceNat) != 0);
        Assert.Equal((1, 2, 0), (byPort, others, none));
        Assert.DoesNotContain($"dport={Port} ", left, StringComparison.Ordinal);
        Assert.Contains($"dport={Port + 1} ", left, StringComparison.Ordinal);
        Assert.Contains($"dport={Port + 2} ", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_flows_are_deleted_in_a_few_sends()
    {
        await using ThreeNamespaces net = await ThreeNamespaces.CreateAsync();
        await net.Router.LoadAsync("table ip t { chain c { type filter hook forward priority 0; ct state new accept \n } }");
        using Socket client = net.OpenClient();
        for (int i = 0; i < 600; i++)
        {
            await SendAsync(client, (ushort)(Port + i));
        }

        (int first, int second) = await net.Router.RunAsync(session =>
            (session.Conntrack.Delete(new ConntrackFilter { OriginalSource = ThreeNamespaces.ClientAddress }),
             session.Conntrack.Delete(new ConntrackFilter { OriginalSource = ThreeNamespaces.ClientAddress })));

        Assert.Equal((600, 0), (first, second));
    }

    private static async Task SendAsync(Socket client, ushort port)
        => await client.SendToAsync(new byte[] { 1 }, new IPEndPoint(ThreeNamespaces.ServerAddress, port), TestContext.Current.CancellationToken);
}
