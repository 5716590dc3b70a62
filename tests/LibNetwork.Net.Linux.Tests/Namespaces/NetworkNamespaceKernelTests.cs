using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Namespaces;

[Trait("Category", "Kernel")]
public sealed class NetworkNamespaceKernelTests
{
    [Fact]
    public void A_pinned_namespace_is_opened_by_its_path_and_gone_when_unpinned()
    {
        string folder = Directory.CreateTempSubdirectory("libnetwork-test-").FullName;
        string path = Path.Combine(folder, "ns");
        using (NetworkNamespace created = NetworkNamespace.CreatePinned(path))
        using (NetworkNamespace opened = NetworkNamespace.Open(path))
        {
            Assert.Equal(created.Identity, opened.Identity);
            using NetworkNamespace home = NetworkNamespace.OpenHome();
            Assert.NotEqual(home.Identity, created.Identity);
            Assert.Equal(LinuxErrno.EEXIST, Assert.Throws<KernelException>(() => NetworkNamespace.CreatePinned(path)).Errno);
        }

        NetworkNamespace.Unpin(path);
        NetworkNamespace.Unpin(path);

        Assert.Equal(LinuxErrno.ENOENT, Assert.Throws<KernelException>(() => NetworkNamespace.Open(path)).Errno);
        Directory.Delete(folder);
    }

    [Theory]
    [InlineData("/proc/self/ns/mnt")]
    [InlineData("/proc/self/status")]
    public void Something_else_than_a_network_namespace_is_refused(string path)
        => Assert.Equal(LinuxErrno.EINVAL, Assert.Throws<KernelException>(() => NetworkNamespace.Open(path)).Errno);

    [Fact]
    public async Task A_pipe_is_refused_without_waiting_for_its_writer()
    {
        string folder = Directory.CreateTempSubdirectory("libnetwork-test-").FullName;
        string path = Path.Combine(folder, "pipe");
        using NetworkNamespace home = NetworkNamespace.OpenHome();
        await ShellTool.RunAsync(home, "mkfifo", path);

        Task<KernelException> opening = Task.Run(() => Assert.Throws<KernelException>(() => NetworkNamespace.Open(path)));

        Assert.Equal(LinuxErrno.EINVAL, (await opening.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Errno);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Sockets_opened_inside_are_inside()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
            session.Route.Batch.AddAddress(1, IPAddress.Parse("10.77.0.1"), 32);
            session.Route.Execute();
        });
        using Socket socket = host.Kernel.HostNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        socket.Bind(new IPEndPoint(IPAddress.Parse("10.77.0.1"), 0));   // only the test's namespace has this address
        using Socket sender = host.Kernel.HostNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await sender.SendToAsync(new byte[] { 7 }, socket.LocalEndPoint!, TestContext.Current.CancellationToken);
        byte[] received = new byte[4];
        Assert.Equal(1, await socket.ReceiveAsync(received, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_process_started_inside_is_inside()
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        using Process process = await inside.RunInsideAsync(static () => Process.Start("sleep", "30"));
        try
        {
            using NetworkNamespace itsOwn = NetworkNamespace.Open($"/proc/{process.Id}/ns/net");
            Assert.Equal(inside.Identity, itsOwn.Identity);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task What_code_inside_throws_is_thrown_outside()
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        await Assert.ThrowsAsync<FormatException>(() => inside.RunInsideAsync<int>(static () => throw new FormatException()));
    }

    [Fact]
    public void A_namespace_that_was_disposed_says_so()
    {
        NetworkNamespace gone = NetworkNamespace.Create();
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = gone.Descriptor);
        Assert.Throws<ObjectDisposedException>(() => { _ = gone.RunInsideAsync(static () => 1); });
        Assert.Throws<ObjectDisposedException>(() => gone.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
    }

    [Fact]
    public async Task Sysctls_are_those_of_the_namespace()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            const string Key = "net/ipv4/ip_forward";
            using NetworkNamespace inside = session.CreateNamespace(host.PathOf("c1"));
            session.WriteSysctl(inside, Key, "1");
            session.WriteSysctl(session.HostNamespace, Key, "0");
            Assert.Equal("1", session.ReadSysctl(inside, Key));
            Assert.Equal("0", session.ReadSysctl(session.HostNamespace, Key));
            Assert.Equal(LinuxErrno.ENOENT, Assert.Throws<KernelException>(() => session.ReadSysctl(inside, "net/nothing")).Errno);
            Assert.Equal(LinuxErrno.EINVAL, Assert.Throws<KernelException>(() => session.WriteSysctl(inside, Key, "many")).Errno);
            Assert.Throws<ArgumentException>(() => session.ReadSysctl(inside, "../kernel/hostname"));
            session.UnpinNamespace(host.PathOf("c1"));
        });
    }

    [Fact]
    public async Task The_census_sees_a_thread_that_is_inside()
    {
        Assert.Empty(Census.ThreadsAbroad());
        using NetworkNamespace inside = NetworkNamespace.Create();
        Assert.Single(await inside.RunInsideAsync(Census.ThreadsAbroad));
    }

    [Fact]
    public async Task A_kernel_of_a_namespace_that_is_not_there_does_not_open()
    {
        KernelException refusal = await Assert.ThrowsAsync<KernelException>(static async () =>
            await HostKernel.Open(new HostKernelOptions { NamespacePath = "/nowhere/ns" }).DisposeAsync());
        Assert.Equal((LinuxErrno.ENOENT, "/nowhere/ns"), (refusal.Errno, refusal.Subject));
    }

    [Fact]
    public async Task No_thread_of_the_process_is_left_in_a_foreign_namespace()
    {
        await using TestHost host = TestHost.Open();
        using RouteMonitor monitor = RouteMonitor.Open(host.Kernel.HostNamespace);
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), TestContext.Current.CancellationToken, async (i, cancellationToken) =>
        {
            await host.RunAsync(session =>
            {
                using NetworkNamespace inside = session.CreateNamespace(host.PathOf($"c{i}"));
                session.Route.Batch.CreateVeth(new VethLinkSpec
                {
                    Name = $"v{i}",
                    PeerName = "eth0",
                    PeerNamespaceDescriptor = inside.Descriptor,
                });
                session.Route.Execute();
                using RtNetlink route = session.OpenRoute(inside);
                route.Batch.ChangeLink("eth0", new LinkChange { Up = true });
                route.Execute();
                session.WriteSysctl(inside, "net/ipv4/ip_forward", "1");
            });
            using NetworkNamespace opened = NetworkNamespace.Open(host.PathOf($"c{i}"));
            using Socket socket = opened.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using Process process = await opened.RunInsideAsync(static () => Process.Start("true"));
            await process.WaitForExitAsync(cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(static () => Thread.SpinWait(100), cancellationToken)));
        });

        await AsyncEnumerable.FirstAsync(monitor, TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);   // the last "inside" threads end

        Assert.Empty(Census.ThreadsAbroad());
    }
}
