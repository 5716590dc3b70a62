// Connects two sandboxes on a host of their own, so that the machine's own network stays as it is, and sends a datagram across.
using System.Net;
using System.Net.Sockets;
using System.Text;
using LibNetwork;
using LibNetwork.Linux.Namespaces;
using Microsoft.Extensions.DependencyInjection;

string folder = Directory.CreateTempSubdirectory("hello-network-").FullName;
string hostNamespace = Path.Combine(folder, "host");
using (NetworkNamespace.CreatePinned(hostNamespace))
{
    try
    {
        await SayHelloAsync(hostNamespace, Path.Combine(folder, "run"));
    }
    finally
    {
        NetworkNamespace.Unpin(hostNamespace);
        Directory.Delete(folder, recursive: true);
    }
}

static async Task SayHelloAsync(string hostNamespace, string runDirectory)
{
    // README: from here
    await using ServiceProvider services = new ServiceCollection()
        .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (hostNamespace, runDirectory))
        .AddBridgeDriver().AddHostDriver().AddNullDriver()
        .Services.BuildServiceProvider();
    INetworkController controller = services.GetRequiredService<INetworkController>();

    INetwork web = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web", EnableIPv6 = true });
    ISandbox one = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
    ISandbox two = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "two" });
    await web.AttachAsync(one, new EndpointSpec { Name = "one" });
    IEndpoint server = await web.AttachAsync(two, new EndpointSpec { Name = "two" });
    Console.WriteLine($"one reaches two at {server.State.IPv4} and {server.State.IPv6}");
    // README: to here

    IPEndPoint address = new(server.State.IPv4!.Value.Address, 7);   // the network has IPv4
    using Socket listener = two.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    listener.Bind(address);
    using Socket sender = one.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    sender.SendTo("hello"u8.ToArray(), address);
    byte[] buffer = new byte[16];
    Console.WriteLine($"two received: {Encoding.UTF8.GetString(buffer, 0, await listener.ReceiveAsync(buffer))}");

    await one.DeleteAsync();
    await two.DeleteAsync();
    await web.DeleteAsync();
    await controller.DrainAsync();
}
