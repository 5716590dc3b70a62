using System.Net;
using LibNetwork.Drivers.Macvlan;
using LibNetwork.Linux.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Probe;

/// <summary>
/// The drivers that need more than a host: on its wire, over tunnels, in another process. Each has a network with an endpoint, which goes again. Prints a line per driver.
/// </summary>
internal static class Drivers
{
    private const string PluginName = "probe";

    public static async Task<int> RunAsync(string hostNamespace, string runDirectory, string wire, string address, string pluginFolder)
    {
        using Plugin plugin = Plugin.Start(Path.Combine(pluginFolder, PluginName + ".sock"));
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (hostNamespace, runDirectory))
            .AddMacvlanDriver().AddIpvlanDriver().AddOverlayDriver(options => options.AdvertiseAddress = IPAddress.Parse(address))
            .AddRemoteDrivers(options => (options.SocketFolders, options.SpecFolders) = ([pluginFolder], []))
            .Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        await AttachAsync(controller, "macvlan", (MacvlanLabels.Parent, wire));
        await AttachAsync(controller, "ipvlan", (MacvlanLabels.Parent, wire));
        await AttachAsync(controller, "overlay");
        await AttachAsync(controller, PluginName);
        Console.WriteLine($"asked of the plugin: {string.Join(' ', plugin.Verbs.Select(static verb => verb.Split('.')[1]))}");
        return 0;
    }

    private static async Task AttachAsync(INetworkController controller, string driver, params (string Label, string Value)[] labels)
    {
        if ((driver == "ipvlan" && !KernelFeature.Ipvlan.IsSupported) || (driver == "overlay" && !KernelFeature.Vxlan.IsSupported))
        {
            Console.WriteLine($"{driver}: not of this kernel");
            return;
        }

        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec
        {
            Name = driver,
            Driver = driver,
            Pools = [new PoolSpec { Subnet = Subnet.Parse("10.77.0.0/24") }],
            Options = labels.ToDictionary(static label => label.Label, static label => label.Value, StringComparer.Ordinal),
        });
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = driver });
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = driver });
        Console.WriteLine($"{driver}: {endpoint.State.IPv4}, interface {endpoint.State.InterfaceName?.Value ?? "-"}");
        await endpoint.DeleteAsync(force: true);
        await sandbox.DeleteAsync();
        await network.DeleteAsync();
        await controller.DrainAsync();
    }
}
