using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>A client at 10.0.1.2, a server at 10.0.2.2 that knows no way back to it, and a router between them.</summary>
internal sealed class ThreeNamespaces : IAsyncDisposable
{
    public static readonly IPAddress ClientAddress = IPAddress.Parse("10.0.1.2");
    public static readonly IPAddress ServerAddress = IPAddress.Parse("10.0.2.2");
    public static readonly IPAddress RouterAtServer = IPAddress.Parse("10.0.2.1");

    private ThreeNamespaces()
    {
    }

    public KernelSandbox Router { get; } = KernelSandbox.Create();

    public KernelSandbox Client { get; } = KernelSandbox.Create();

    public KernelSandbox Server { get; } = KernelSandbox.Create();

    public static async Task<ThreeNamespaces> CreateAsync()
    {
        ThreeNamespaces all = new();
        await all.ConnectAsync(all.Client, "vclient", "10.0.1.1/24", "10.0.1.2/24");
        await all.ConnectAsync(all.Server, "vserver", "10.0.2.1/24", "10.0.2.2/24");
        await all.Client.ExecAsync("ip", "route", "add", "default", "via", "10.0.1.1");
        await all.Router.RunAsync(session => session.WriteSysctl(session.HostNamespace, "net/ipv4/ip_forward", "1"));
        return all;
    }

    public Socket OpenClient() => Client.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public Socket OpenServer(ushort port)
    {
        Socket socket = Server.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        await Router.DisposeAsync();
    }

    private async Task ConnectAsync(KernelSandbox end, string name, string routerAddress, string endAddress)
    {
        await Router.ExecAsync("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", end.Path);
        await Router.ExecAsync("ip", "address", "add", routerAddress, "dev", name);
        await end.ExecAsync("ip", "address", "add", endAddress, "dev", "eth0");
        await end.ExecAsync("ip", "link", "set", "eth0", "up");
        await Router.ExecAsync("ip", "link", "set", name, "up");
    }
}
