using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What tests of published ports do to a world.</summary>
internal static class PublishingWorld
{
    /// <summary>Makes a sandbox and puts it on a network, with ports.</summary>
    public static async Task<(ISandbox Sandbox, IEndpoint Endpoint)> PublishAsync(this World world, INetwork network, string name, params string[] ports)
    {
        ISandbox sandbox = await world.SandboxAsync(name);
        return (sandbox, await world.AttachAsync(network, name, ports));
    }

    /// <summary>Puts a sandbox on a network, with ports.</summary>
    public static Task<IEndpoint> AttachAsync(this World world, INetwork network, string name, params string[] ports) => network.AttachAsync(
        world.Controller.GetSandbox(name), new EndpointSpec { Name = name, PortBindings = [.. ports.Select(PortBinding.Parse)] }, cancellationToken: World.Cancel);

    public static Task WriteSysctlAsync(this World world, string key, string value)
        => OnHostAsync(world, session => session.WriteSysctl(session.HostNamespace, key, value));

    public static async Task<string> ReadSysctlAsync(this World world, string key)
    {
        string value = string.Empty;
        await OnHostAsync(world, session => value = session.ReadSysctl(session.HostNamespace, key));
        return value;
    }

    /// <summary>Makes the machine outside send what is for a network to the host.</summary>
    public static Task RouteOutsideAsync(this World world, string destination, string router) => OnHostAsync(world, session =>
    {
        using RtNetlink outside = session.OpenRoute(world.Host.Outside);
        outside.Batch.AddRoute(new RouteSpec
        {
            Destination = IPNetwork.Parse(destination), Gateway = IPAddress.Parse(router), OutputInterface = outside.FindLink(TestHost.WireName)!.Index,
        });
        outside.Execute();
    });

    private static async Task OnHostAsync(World world, Action<KernelSession> act)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        await kernel.RunAsync(
            static (session, act) =>
            {
                act(session);
                return true;
            },
            act);
    }
}
