using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>Every request of every verb is refused once; each time the host must look as it did before, and the verb must work afterwards.</summary>
[Trait("Category", "Kernel")]
[Trait("Feature", "BR-02")]
public sealed class BridgeRollbackKernelTests
{
    private const int MoreThanAnyVerbNeeds = 64;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Feature", "BR-06")]
    [Trait("Feature", "BR-21")]
    public async Task A_create_that_fails_at_any_request_leaves_nothing(bool bridgeIsThere)
    {
        await using TestHost host = await StartAsync(bridgeIsThere);
        string before = await host.SnapshotAsync();
        DriverNetworkRequest network = Network();

        int requests = await FailEachRequestAsync(host, sandbox: null, before, () => host.Driver.CreateNetworkAsync(network, Cancel).AsTask());

        Assert.True(requests >= 6, $"only {requests} requests were seen");
        Assert.Contains("10.77.1.1/24", await host.AddressesAsync("br-x"));
    }

    [Fact]
    [Trait("Feature", "BR-04")]
    public async Task A_join_that_fails_at_any_request_leaves_nothing()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest _, DriverEndpointRequest endpoint, NetworkNamespace sandbox) = await ReadyAsync(host);
        string before = await host.SnapshotAsync(sandbox);

        int requests = await FailEachRequestAsync(
            host, sandbox, before, () => host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel).AsTask());

        Assert.Equal(5, requests);
        Assert.NotNull(await host.LinkInsideAsync(sandbox, "eth0"));
    }

    [Fact]
    [Trait("Feature", "BR-04")]
    public async Task A_leave_that_fails_at_any_request_changes_nothing()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest endpoint, NetworkNamespace sandbox) = await ReadyAsync(host);
        await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel);
        string before = await host.SnapshotAsync(sandbox);

        int requests = await FailEachRequestAsync(
            host, sandbox, before, () => host.Driver.LeaveAsync(network.Id, endpoint.Id, Cancel).AsTask());

        Assert.Equal(1, requests);
        await host.Kernel.Reaper.DrainAsync();
        Assert.Null(await host.LinkInsideAsync(sandbox, "eth0"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Feature", "BR-06")]
    public async Task A_delete_that_fails_at_any_request_changes_nothing(bool bridgeIsThere)
    {
        await using TestHost host = await StartAsync(bridgeIsThere);
        DriverNetworkRequest network = Network();
        await host.Driver.CreateNetworkAsync(network, Cancel);
        string before = await host.SnapshotAsync();

        int requests = await FailEachRequestAsync(host, sandbox: null, before, () => host.Driver.DeleteNetworkAsync(network.Id, Cancel).AsTask());

        Assert.Equal(bridgeIsThere ? 4 : 1, requests);
        Assert.Empty(host.Firewall.State);
    }

    [Fact]
    [Trait("Feature", "BR-14")]
    public async Task A_firewall_that_fails_leaves_nothing_either()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest network = Network();
        string empty = await host.SnapshotAsync();
        host.Firewall.Arm(failAt: 1);
        await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.CreateNetworkAsync(network, Cancel));
        Assert.Equal(empty, await host.SnapshotAsync());

        host.Firewall.Arm(failAt: 0);
        (_, DriverEndpointRequest endpoint, NetworkNamespace sandbox) = await ReadyAsync(host);
        string before = await host.SnapshotAsync(sandbox);
        host.Firewall.Arm(failAt: 1);
        await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel));
        Assert.Equal(before, await host.SnapshotAsync(sandbox));
    }

    [Fact]
    public async Task A_firewall_that_fails_to_forget_is_asked_again_by_a_repeated_call()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest endpoint, NetworkNamespace sandbox) = await ReadyAsync(host);
        await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel);

        host.Firewall.Arm(failAt: 1);
        await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.LeaveAsync(network.Id, endpoint.Id, Cancel));
        await host.Driver.LeaveAsync(network.Id, endpoint.Id, Cancel);
        host.Firewall.Arm(failAt: 1);
        await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.DeleteNetworkAsync(network.Id, Cancel));
        await host.Driver.DeleteNetworkAsync(network.Id, Cancel);

        Assert.Empty(host.Firewall.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_create_that_is_cancelled_at_any_request_leaves_nothing(bool bridgeIsThere)
    {
        await using TestHost host = await StartAsync(bridgeIsThere);
        string before = await host.SnapshotAsync();
        for (int at = 1; at < MoreThanAnyVerbNeeds; at++)
        {
            using CancellationTokenSource source = new();
            int left = at;
            host.Observer.Before = _ =>
            {
                if (--left == 0)
                {
                    source.Cancel();
                }
            };
            DriverNetworkRequest network = Network();
            host.Observer.Arm();
            try
            {
                await host.Driver.CreateNetworkAsync(network, source.Token);
                host.Observer.Disarm();
                return;   // cancelled too late, or never: the call had done its work
            }
            catch (OperationCanceledException)
            {
                host.Observer.Disarm();
                Assert.Equal(before, await host.SnapshotAsync());
            }
        }

        Assert.Fail("the call never came to its end");
    }

    [Fact]
    public async Task A_verb_that_is_cancelled_beforehand_does_nothing()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest endpoint, NetworkNamespace sandbox) = await ReadyAsync(host);
        await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel);
        string before = await host.SnapshotAsync(sandbox);
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Driver.LeaveAsync(network.Id, endpoint.Id, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Driver.DeleteNetworkAsync(network.Id, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Driver.CreateNetworkAsync(Requests.IPv4(net: 9), cancelled));

        Assert.Equal(before, await host.SnapshotAsync(sandbox));
    }

    [Fact]
    [Trait("Feature", "BR-16")]
    public async Task Forwarding_that_another_network_relies_on_is_not_taken_back()
    {
        await using TestHost host = TestHost.Start();
        await host.WriteSysctlAsync("net/ipv4/ip_forward", "0");
        host.Observer.Before = request =>
        {
            if (request.Operation == "write sysctl" && request.Subject == "net/ipv4/ip_forward")
            {
                // Waits behind the create that turns forwarding on, and is planned before that fails.
                _ = host.Driver.CreateNetworkAsync(Requests.IPv4("other", net: 2), Cancel).AsTask();
            }
        };
        int forwarding = 5;   // find link, create bridge, find link, accept_ra, ip_forward, then up
        host.Observer.Arm(failAt: forwarding + 1);

        await Assert.ThrowsAsync<KernelException>(async () => await host.Driver.CreateNetworkAsync(Requests.IPv4(), Cancel));

        host.Observer.Disarm();
        Assert.Equal("1", await host.SysctlAsync("net/ipv4/ip_forward"));
    }

    private static DriverNetworkRequest Network()
        => Requests.Dual(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"), (NetworkLabels.Mtu, "1400"), (BridgeLabels.EnableInterContainer, "false")));

    private static async Task<TestHost> StartAsync(bool bridgeIsThere)
    {
        TestHost host = TestHost.Start();
        await host.WriteSysctlAsync("net/ipv4/ip_forward", "0");
        await host.WriteSysctlAsync("net/ipv6/conf/all/forwarding", "0");
        if (bridgeIsThere)
        {
            await host.ChangeAsync(static batch => batch.CreateBridge(new BridgeLinkSpec { Name = "br-x", Up = true }));
            int index = (await host.NeedLinkAsync("br-x")).Index;
            await host.ChangeAsync(batch =>
            {
                batch.AddAddress(index, IPAddress.Parse("10.77.1.9"), 24);
                batch.AddAddress(index, IPAddress.Parse("10.77.1.1"), 24);
                batch.AddAddress(index, IPAddress.Parse("2001:db8::9"), 64);
            });
        }

        return host;
    }

    private static async Task<(DriverNetworkRequest Network, DriverEndpointRequest Endpoint, NetworkNamespace Sandbox)> ReadyAsync(TestHost host)
    {
        DriverNetworkRequest network = Network();
        DriverEndpointRequest endpoint = Requests.Endpoint(network, 2, "80/tcp");
        await host.Driver.CreateNetworkAsync(network, Cancel);
        await host.Driver.CreateEndpointAsync(endpoint, Cancel);
        return (network, endpoint, host.Namespace("box"));
    }

    /// <summary>Refuses the verb's requests one after the other until it gets through.</summary>
    /// <returns>How many requests the verb makes.</returns>
    private static async Task<int> FailEachRequestAsync(TestHost host, NetworkNamespace? sandbox, string before, Func<Task> verb)
    {
        for (int failAt = 1; failAt < MoreThanAnyVerbNeeds; failAt++)
        {
            host.Observer.Arm(failAt);
            try
            {
                await verb();
                Assert.False(host.Observer.Disarm(), $"request {failAt} was refused and nobody noticed");
                return host.Observer.Seen.Count;
            }
            catch (KernelException)
            {
                host.Observer.Disarm();
                string refused = host.Observer.Seen[failAt - 1].ToString();
                string after = await host.SnapshotAsync(sandbox);
                Assert.True(before == after, $"after refusing request {failAt}, {refused}, before:\n{before}\nafter:\n{after}");
            }
        }

        throw new InvalidOperationException("the verb never got through");
    }
}
