using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Bridge;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Probe;

/// <summary>
/// The whole library in a process of its own: on the given host it makes networks and sandboxes, sends traffic, and removes everything.
/// Prints a line per finding. Exit code 0: all went well; 1: something was refused.
/// </summary>
internal static class Visit
{
    public static async Task<int> RunAsync(string hostNamespace, string runDirectory)
    {
        try
        {
            await using ServiceProvider services = new ServiceCollection()
                .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (hostNamespace, runDirectory))
                .AddBridgeDriver().AddHostDriver().AddNullDriver()
                .Services.BuildServiceProvider();
            return await VisitAsync(services.GetRequiredService<INetworkController>());
        }
        catch (NetworkException refused)
        {
            return Report(refused);
        }
    }

    private static async Task<int> VisitAsync(INetworkController controller)
    {
        try
        {
            INetwork web = await controller.CreateNetworkAsync(new NetworkSpec
            {
                Name = "web",
                EnableIPv6 = true,
                Options = new Dictionary<string, string> { [NetworkLabels.Mtu] = "1400", [BridgeLabels.GatewayModeIPv4] = "nat" },
                Labels = new Dictionary<string, string> { ["colour"] = "blue" },
            });
            await controller.CreateNetworkAsync(new NetworkSpec { Name = "none", Driver = "null" });
            ISandbox one = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
            ISandbox two = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "two" });
            await web.AttachAsync(one, new EndpointSpec { Name = "one", ExposedPorts = [TransportPort.Parse("80/tcp")] });
            IEndpoint server = await web.AttachAsync(
                two, new EndpointSpec { Name = "two", Options = new Dictionary<string, string> { [NetworkLabels.Sysctls] = "net.ipv4.conf.IFNAME.log_martians=1" } });
            await server.UpdateDnsNamesAsync(["server"]);
            Console.WriteLine($"over IPv4: {Send(one, two, server.State.IPv4!.Value.Address)}");   // the network has both families
            Console.WriteLine($"over IPv6: {Send(one, two, server.State.IPv6!.Value.Address)}");
            Console.WriteLine($"counted: {(await one.GetStatisticsAsync()).Count}");
            Console.WriteLine($"inside: {await one.RunInsideAsync(static () => File.ReadLines("/proc/thread-self/net/dev").Count() - 2)} interfaces");
            await one.DeleteAsync();
            await two.DeleteAsync();
            await web.DeleteAsync();
            await controller.DrainAsync();
            return 0;
        }
        catch (NetworkException refused)
        {
            return Report(refused);
        }
        finally
        {
            Console.WriteLine($"left: {controller.Networks.Count(network => network.State.Driver == "bridge")} networks, {controller.Sandboxes.Count} sandboxes");
        }
    }

    private static int Report(NetworkException refused)
    {
        Console.WriteLine($"refused as {refused.Kind}: {refused.Message}");
        return 1;
    }

    private static string Send(ISandbox from, ISandbox to, IPAddress address)
    {
        using Socket receiver = to.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(address, 0));
        receiver.ReceiveTimeout = 5000;
        using Socket sender = from.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo("hello"u8, receiver.LocalEndPoint!);   // it is bound
        byte[] buffer = new byte[16];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, receiver.Receive(buffer));
    }
}
