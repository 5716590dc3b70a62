using System.Net;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

/// <summary>A driver that makes its link in the host's namespace and asks for routes: the controller does the rest.</summary>
[Trait("Category", "Kernel")]
public sealed class DriverRouteTests
{
    [Fact, Trait("Feature", "CN-30")]
    public async Task A_link_of_a_driver_is_moved_in_with_its_routes_and_comes_back_when_it_leaves()
    {
        using TestHost host = await TestHost.CreateAsync();
        FakeNetworkDriver driver = new()
        {
            Join = static _ => new DriverJoin
            {
                SourceName = new InterfaceName("cable0"),
                DisableGatewayService = true,
                Routes =
                [
                    new SandboxRoute(Subnet.Parse("198.51.100.0/24")),
                    new SandboxRoute(Subnet.Parse("203.0.113.0/24"), IPAddress.Parse("10.5.0.1")),
                ],
            },
        };
        await using ServiceProvider services = Services(host, driver);
        INetworkController controller = services.GetRequiredService<INetworkController>();
        HostKernel kernel = services.GetRequiredService<HostKernel>();
        await kernel.RunAsync(
            static (session, _) =>
            {
                session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "cable0", PeerName = "cable1" });
                session.Route.Execute();
                return 0;
            },
            0,
            World.Cancel);
        INetwork network = await controller.CreateNetworkAsync(
            new NetworkSpec { Name = "web", Driver = "fake", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.5.0.0/24") }] }, World.Cancel);
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c" }, World.Cancel);

        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: World.Cancel);
        string[] routes = await RoutesAsync(sandbox);
        bool wasInHost = await IsInHostAsync(kernel);
        await endpoint.LeaveAsync(sandbox, World.Cancel);
        bool isInHost = await IsInHostAsync(kernel);
        await sandbox.DeleteAsync(World.Cancel);

        Assert.Contains("198.51.100.0/24 via  scope Link", routes);
        Assert.Contains("203.0.113.0/24 via 10.5.0.1 scope Universe", routes);
        Assert.False(wasInHost);
        Assert.True(isInHost);
    }

    private static ServiceProvider Services(TestHost host, FakeNetworkDriver driver)
    {
        ServiceCollection services = new();
        services.AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory));
        services.AddSingleton<INetworkDriver>(driver);
        return services.BuildServiceProvider();
    }

    private static async Task<bool> IsInHostAsync(HostKernel kernel)
        => await kernel.RunAsync(static (session, _) => session.Route.FindLink("cable0") is not null, 0, World.Cancel);

    private static async Task<string[]> RoutesAsync(ISandbox sandbox)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        return await kernel.RunAsync(
            static (session, _) => session.Route.DumpRoutes().Select(route => $"{route.Destination} via {route.Gateway} scope {route.Scope}").ToArray(), 0);
    }
}
