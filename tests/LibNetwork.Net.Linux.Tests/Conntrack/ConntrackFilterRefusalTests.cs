using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Conntrack;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Conntrack;

/// <summary>A kernel that takes no filters is asked once; then flows are listed, and deleted one by one.</summary>
[Trait("Category", "Kernel")]
public sealed class ConntrackFilterRefusalTests : IKernelObserver
{
    private const ushort Port = 1000;

    private readonly List<string> _requests = [];
    private int _refusal;

    void IKernelObserver.OnRequest(in KernelRequest request)
    {
        _requests.Add(request.Operation);
        if (request.Operation == "delete flows" && _refusal != 0)
        {
            throw new KernelException(request.Operation, request.Subject, _refusal);
        }
    }

    [Theory]
    [InlineData(0, "delete flows", "delete flows")]
    [InlineData(LinuxErrno.EOPNOTSUPP, "delete flows", "list flows", "delete flow", "list flows", "delete flow")]
    [InlineData(LinuxErrno.EINVAL, "delete flows", "list flows", "delete flow", "list flows", "delete flow")]
    public async Task The_flow_is_deleted_either_way(int refusal, params string[] expected)
    {
        _refusal = refusal;
        await using TestHost host = TestHost.Open(this);
        using Socket client = await PrepareAsync(host);
        int left = 0;
        List<string> requests = [];
        for (int i = 0; i < 2; i++)
        {
            client.SendTo([1], new IPEndPoint(IPAddress.Loopback, Port));
            left += await host.RunAsync(session =>
            {
                Assert.Single(session.Conntrack.List(new ConntrackFilter()));
                _requests.Clear();
                session.Conntrack.Delete([new ConntrackFilter { Protocol = 17, OriginalDestination = IPAddress.Loopback, OriginalDestinationPort = Port }]);
                requests.AddRange(_requests);
                return session.Conntrack.List(new ConntrackFilter()).Count;
            });
        }

        Assert.Equal(0, left);
        Assert.Equal(expected, requests);
    }

    [Fact]
    public async Task Another_refusal_is_told()
    {
        _refusal = LinuxErrno.EPERM;
        await using TestHost host = TestHost.Open(this);

        KernelException refused = await Assert.ThrowsAsync<KernelException>(() => host.RunAsync(
            session => session.Conntrack.Delete([new ConntrackFilter { Protocol = 17, OriginalSource = IPAddress.Loopback }])));

        Assert.Equal(LinuxErrno.EPERM, refused.Errno);
    }

    private static async Task<Socket> PrepareAsync(TestHost host)
    {
        await host.RunAsync(session =>
        {
            session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
            session.Route.Execute();
            NftTransaction transaction = session.Nftables.Begin();   // a rule that asks for a flow's state turns tracking on
            transaction.AddTable(NftFamily.Inet, "t");
            transaction.AddBaseChain(NftFamily.Inet, "t", "c", NftHook.Output, NftChainType.Filter, 0);
            transaction.AddRule(NftFamily.Inet, "t", "c", new NftRule().CtState(NftCtState.New).Accept());
            session.Nftables.Commit(transaction);
        });
        return host.Kernel.HostNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    }
}
