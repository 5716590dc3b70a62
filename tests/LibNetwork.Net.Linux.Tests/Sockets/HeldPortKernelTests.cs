using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Sockets;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Sockets;

[Trait("Category", "Kernel")]
public sealed class HeldPortKernelTests
{
    private const byte Tcp = 6, Udp = 17;

    private static readonly IPEndPoint Port = new(IPAddress.Loopback, 8080);

    [Theory, Trait("Feature", "PM-07")]
    [InlineData(Tcp)]
    [InlineData(Udp)]
    public async Task A_held_port_cannot_be_taken_until_it_is_let_go(byte protocol)
    {
        await using TestHost host = await OpenAsync();
        HeldPort held = await host.RunAsync(session => session.HoldPort(protocol, new IPEndPoint(IPAddress.Any, 8080)));

        KernelException refused = await Assert.ThrowsAsync<KernelException>(
            async () => await host.RunAsync(session => session.HoldPort(protocol, Port)));

        Assert.Equal(LinuxErrno.EADDRINUSE, refused.Errno);
        Assert.Contains("127.0.0.1:8080", refused.Subject, StringComparison.Ordinal);
        held.Dispose();
        (await host.RunAsync(session => session.HoldPort(protocol, Port))).Dispose();
    }

    [Fact, Trait("Feature", "PM-07")]
    public async Task A_socket_that_hears_nothing_does_not_answer_and_another_does()
    {
        await using TestHost host = await OpenAsync();
        using HeldPort deaf = await host.RunAsync(session => session.HoldPort(Tcp, Port));
        using HeldPort hearing = await host.RunAsync(session => session.HoldPort(Tcp, new IPEndPoint(IPAddress.Loopback, 8081), hearsNothing: false));
        Assert.Throws<InvalidOperationException>(deaf.TakeSocket);
        using Socket listener = hearing.TakeSocket();

        using Socket client = host.Kernel.HostNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 8081), TestContext.Current.CancellationToken);
        (await listener.AcceptAsync(TestContext.Current.CancellationToken)).Dispose();
        using Socket silenced = host.Kernel.HostNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await silenced.ConnectAsync(Port, patience.Token));
    }

    [Fact, Trait("Feature", "PM-07")]
    public async Task The_socket_and_the_process_that_hold_a_port_are_found()
    {
        await using TestHost host = await OpenAsync();
        using HeldPort tcp = await host.RunAsync(session => session.HoldPort(Tcp, Port));
        using HeldPort udp = await host.RunAsync(session => session.HoldPort(Udp, new IPEndPoint(IPAddress.IPv6Any, 53)));

        BoundSocket foundTcp = Assert.Single(await host.RunAsync(session => session.ListSockets(Tcp)));
        BoundSocket foundUdp = Assert.Single(await host.RunAsync(session => session.ListSockets(Udp)));

        Assert.Equal(Port, foundTcp.Address);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 53), foundUdp.Address);
        Assert.EndsWith($"({Environment.ProcessId})", SocketOwners.Find(foundTcp.Inode), StringComparison.Ordinal);
        Assert.Null(SocketOwners.Find(1));
    }

    [Fact, Trait("Feature", "PM-07")]
    public async Task Thousands_are_held_with_few_descriptors_and_let_go_one_by_one()
    {
        const int First = 20_000, Count = 3_000, Released = 2_000;
        await using TestHost host = await OpenAsync();
        int before = Descriptors();
        HeldPort[] held = await host.RunAsync(session => Enumerable.Range(First, Count)
            .Select(port => session.HoldPort(Tcp, new IPEndPoint(IPAddress.Any, port))).ToArray());
        int more = Descriptors() - before;

        held[Released].Dispose();
        held[Released].Dispose();
        KernelException?[] refused = await host.RunAsync(session => Enumerable.Range(First, Count).Select(port => Try(session, port)).ToArray());

        Assert.InRange(more, 1, Count / 3);
        Assert.Equal([First + Released], Enumerable.Range(First, Count).Where(port => refused[port - First] is null));
        Assert.All(refused, one => Assert.Equal(LinuxErrno.EADDRINUSE, one?.Errno ?? LinuxErrno.EADDRINUSE));
        Array.ForEach(held, one => one.Dispose());
        Assert.InRange(Descriptors(), 0, before + 100);   // other tests open some too

        static KernelException? Try(KernelSession session, int port)
        {
            try
            {
                session.HoldPort(Tcp, new IPEndPoint(IPAddress.Any, port)).Dispose();
                return null;
            }
            catch (KernelException refusal)
            {
                return refusal;
            }
        }
    }

    [Fact]
    public async Task An_address_that_is_not_the_hosts_is_refused()
    {
        await using TestHost host = await OpenAsync();

        KernelException refused = await Assert.ThrowsAsync<KernelException>(
            async () => await host.RunAsync(session => session.HoldPort(Tcp, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80))));

        Assert.Equal(LinuxErrno.EADDRNOTAVAIL, refused.Errno);
    }

    private static int Descriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private static async Task<TestHost> OpenAsync()
    {
        TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
            session.Route.Execute();
        });
        return host;
    }
}
