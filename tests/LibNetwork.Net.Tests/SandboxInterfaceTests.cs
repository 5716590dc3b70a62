using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What an endpoint's interface looks like from inside its sandbox.</summary>
[Trait("Category", "Kernel")]
public sealed class SandboxInterfaceTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "CN-24")]
    public async Task Interfaces_get_the_lowest_free_number_or_the_name_that_was_asked_for()
    {
        await using World world = await World.CreateAsync();
        ISandbox sandbox = await world.SandboxAsync("c");
        List<IEndpoint> endpoints = [];
        foreach (string name in new[] { "n0", "n1", "n2" })
        {
            INetwork network = await world.NetworkAsync(name);
            endpoints.Add(await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel));
        }

        await endpoints[1].DeleteAsync(force: true, Cancel);
        INetwork again = await world.NetworkAsync("n3");
        IEndpoint refilled = await again.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        INetwork named = await world.NetworkAsync("n4");
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => named.AttachAsync(
            sandbox, new EndpointSpec { Name = "e" }, new JoinOptions { InterfaceName = new InterfaceName("eth2") }, Cancel));
        IEndpoint chosen = await named.AttachAsync(
            sandbox, new EndpointSpec { Name = "e" }, new JoinOptions { InterfaceName = new InterfaceName("lan") }, Cancel);

        Assert.Equal(["eth0", "eth2", "eth1", "lan"], [endpoints[0].InterfaceName(), endpoints[2].InterfaceName(), refilled.InterfaceName(), chosen.InterfaceName()]);
        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);
        Assert.NotNull(await InsideAsync(sandbox, static route => route.FindLink("lan")));
    }

    [Fact, Trait("Feature", "CN-25")]
    public async Task Sysctls_of_an_endpoint_reach_its_own_interface_and_no_other()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");

        await network.AttachAsync(sandbox, Sysctl("net.ipv4.conf.IFNAME.log_martians=1"), cancellationToken: Cancel);

        Assert.Equal("1", await ReadAsync(sandbox, "net/ipv4/conf/eth0/log_martians"));
        Assert.Equal("0", await ReadAsync(sandbox, "net/ipv4/conf/lo/log_martians"));
    }

    [Theory, Trait("Feature", "CN-25")]
    [InlineData("net.ipv4.conf.all.forwarding=1")]
    [InlineData("kernel.core_pattern=x")]
    [InlineData("net.ipv4.conf.IFNAME.../../x=1")]
    [InlineData("net.ipv4.conf.IFNAME.forwarding")]
    public async Task A_sysctl_that_is_not_of_the_endpoints_own_interface_is_refused_and_leaves_nothing(string entry)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => network.AttachAsync(sandbox, Sysctl(entry), cancellationToken: Cancel));

        Assert.Equal(NetworkLabels.Sysctls, refused.Field);
        Assert.Empty(network.Endpoints);
        Assert.Null(await InsideAsync(sandbox, static route => route.FindLink("eth0")));
    }

    [Fact, Trait("Feature", "CN-26")]
    public async Task An_endpoint_whose_sysctls_turn_IPv6_off_gives_its_IPv6_address_back()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        ISandbox other = await world.SandboxAsync("d");

        IEndpoint without = await network.AttachAsync(sandbox, Sysctl("net.ipv6.conf.IFNAME.disable_ipv6=1"), cancellationToken: Cancel);
        IEndpoint next = await network.AttachAsync(other, new EndpointSpec { Name = "next" }, cancellationToken: Cancel);

        Assert.Null(without.State.IPv6);
        Assert.Null(sandbox.State.GatewayIPv6);
        Assert.NotNull(sandbox.State.GatewayIPv4);
        Assert.Equal(network.State.Pools[1].Subnet.AddressAt(2), next.State.IPv6?.Address);
    }

    [Fact, Trait("Feature", "CN-37")]
    public async Task The_counters_of_an_interface_grow_with_its_traffic()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        InterfaceStatistics before = Assert.Single(await sandbox.GetStatisticsAsync(Cancel));

        IPAddress? seen = await Traffic.SendAsync(
            sandbox.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Waiting.Patience);
        InterfaceStatistics after = Assert.Single(await sandbox.GetStatisticsAsync(Cancel));

        Assert.NotNull(seen);
        Assert.Equal("eth0", after.Interface.Value);
        Assert.True(after.SentPackets > before.SentPackets && after.SentBytes > before.SentBytes);
    }

    [Fact]
    public async Task An_IPv6_address_works_when_the_join_returns_however_busy_the_kernel_is()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        using CancellationTokenSource enough = new();
        Task busy = Task.Run(() => KeepKernelBusy(enough.Token), Cancel);
        List<string> late = [];

        for (int i = 0; i < 30; i++)
        {
            ISandbox sandbox = await world.SandboxAsync($"c{i}");
            await using HostKernel inside = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
            IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = $"e{i}" }, cancellationToken: Cancel);
            IReadOnlyList<RouteInfo> routes = await inside.RunAsync(static (session, _) => session.Route.DumpRoutes(), 0, Cancel);
            IPAddress address = endpoint.State.IPv6!.Value.Address;   // the network has IPv6
            if (!routes.Any(route => route.Type == RouteType.Local && route.Destination.BaseAddress.Equals(address)))
            {
                late.Add(sandbox.ContainerId);
            }

            await sandbox.DeleteAsync(Cancel);
        }

        await enough.CancelAsync();
        await busy;

        Assert.Empty(late);
    }

    // Making and removing namespaces holds the lock that the kernel's own work on addresses waits for.
    private static void KeepKernelBusy(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            NetworkNamespace.Create().Dispose();
        }
    }

    private static EndpointSpec Sysctl(string entry)
        => new() { Name = "e", Options = new Dictionary<string, string> { [NetworkLabels.Sysctls] = entry } };

    private static async Task<T> InsideAsync<T>(ISandbox sandbox, Func<RtNetlink, T> read)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        return await kernel.RunAsync(static (session, reader) => reader(session.Route), read);
    }

    private static async Task<string> ReadAsync(ISandbox sandbox, string key)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = sandbox.NamespacePath });
        return await kernel.RunAsync(static (session, path) => session.ReadSysctl(session.HostNamespace, path), key);
    }
}

file static class EndpointNames
{
    public static string? InterfaceName(this IEndpoint endpoint) => endpoint.State.InterfaceName?.Value;
}
