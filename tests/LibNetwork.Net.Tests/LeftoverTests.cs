using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What carries our mark in the kernel and is on no record, and what looks like it and is not ours.</summary>
[Trait("Category", "Kernel")]
public sealed class LeftoverTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "ST-06")]
    public async Task What_is_on_no_record_is_removed()
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> empty = await WorldSnapshot.TakeAsync(world);
        await RestoreTests.SettleAsync(world);
        INetworkStore store = world.Store;

        RestoreReport report = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: false));

        Assert.Empty(report.Failures);
        Assert.Contains(report.Removed, static removed => removed.Contains("of container \"a\"", StringComparison.Ordinal));
        Assert.Contains(report.Removed, static removed => removed.Contains("libnetwork:network:", StringComparison.Ordinal));
        IEnumerable<string> left = (await WorldSnapshot.TakeAsync(world)).Except(empty);
        Assert.All(left, static line => Assert.Contains("forward", line, StringComparison.Ordinal));   // forwarding stays on
    }

    [Fact, Trait("Feature", "ST-06")]
    public async Task What_others_made_stays_even_if_it_looks_alike()
    {
        await using World world = await World.CreateAsync();
        await world.NetworkAsync("web");
        await world.SandboxAsync("c");
        string ownPin = Path.Combine(world.Host.RunDirectory, "netns", "mine");
        string otherHosts = Path.Combine(world.Host.RunDirectory, "netns", "0123456789ab");
        NetworkNamespace.CreatePinned(ownPin).Dispose();
        NetworkNamespace.CreatePinned(otherHosts).Dispose();   // it lacks this host's mark
        await world.InKernelAsync(static session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "br-0123456789ab" });
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "veth0123456", PeerName = "peer" });
            session.Route.Execute();
        });

        RestoreReport report = await world.RestartAsync();

        Assert.Empty(report.Removed);
        await world.Controller.DrainAsync();
        Assert.True(File.Exists(ownPin) && File.Exists(otherHosts), "a foreign namespace was unpinned");
        await world.InKernelAsync(static session =>
        {
            Assert.NotNull(session.Route.FindLink("br-0123456789ab"));
            Assert.NotNull(session.Route.FindLink("veth0123456"));
        });
    }

    [Fact, Trait("Feature", "ST-06")]
    public async Task A_cable_that_no_endpoint_is_on_is_removed_from_a_bridge_and_a_users_own_is_not()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        string bridge = $"br-{web.Id.Value[..12]}";

        RestoreReport report = await world.RestartAsync(() => world.InKernelAsync(session =>
        {
            int master = session.Route.FindLink(bridge)!.Index;   // the network's
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "veth0123456", PeerName = "p1", Master = master });
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "mine", PeerName = "p2", Master = master });
            session.Route.Execute();
        }));

        Assert.Contains("veth0123456", Assert.Single(report.Removed), StringComparison.Ordinal);
        await world.Controller.DrainAsync();
        await world.InKernelAsync(static session =>
        {
            Assert.Null(session.Route.FindLink("veth0123456"));
            Assert.NotNull(session.Route.FindLink("mine"));
        });
    }

    [Fact]
    public async Task While_the_store_says_that_it_lost_state_everything_stays_and_stays_protected()
    {
        await using World world = await World.CreateAsync();
        await RestoreTests.SettleAsync(world);
        IReadOnlyList<string> before = await KernelStateAsync(world);
        INetworkStore store = world.Store;

        world.Rebuilds = false;
        RestoreReport report = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));

        Assert.Equal("/set/aside", report.LostState);
        Assert.Empty(world.Controller.Networks);
        Assert.Empty(report.Removed);
        Assert.Equal(before, await KernelStateAsync(world));

        // A network of now comes and goes, and the protection of what was there before stays.
        INetwork fresh = await world.NetworkAsync("fresh", static spec => spec with { EnableIPv6 = false, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.99.0.0/24") }] });
        Assert.DoesNotContain(
            Rules(before).Except(Rules(await KernelStateAsync(world))), static line => !line.Contains("br-", StringComparison.Ordinal));
        await fresh.DeleteAsync(Cancel);
        await world.Controller.DrainAsync();
        Assert.Equal(before, await KernelStateAsync(world));

        // Once the key is gone the next start removes all of it.
        RestoreReport next = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: false));
        Assert.Null(next.LostState);
        Assert.NotEmpty(next.Removed);
        await world.Controller.DrainAsync();
        Assert.Empty(Rules(await KernelStateAsync(world)));
    }

    [Fact]
    public async Task A_second_process_on_the_same_host_is_refused_and_told_who_has_it()
    {
        await using World world = await World.CreateAsync();
        await world.NetworkAsync("web");
        await using HostKernel second = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });

        Assert.Equal(Environment.ProcessId, await second.ClaimAsync(Cancel));

        await using HostKernel elsewhere = HostKernel.Open(new HostKernelOptions { NamespacePath = Path.Combine(world.Host.Folder, "outside") });
        Assert.Null(await elsewhere.ClaimAsync(Cancel));   // the control: each host has its own
    }

    [Fact]
    public async Task A_holder_in_this_process_that_is_just_closing_is_waited_for()
    {
        await using World world = await World.CreateAsync();
        HostKernel first = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        await using HostKernel second = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        Assert.Null(await first.ClaimAsync(Cancel));

        ValueTask<int?> waiting = second.ClaimAsync(Cancel);
        await first.DisposeAsync();

        Assert.Null(await waiting);
    }

    /// <summary>Without the sockets that hold published ports: they go with the process.</summary>
    private static async Task<IReadOnlyList<string>> KernelStateAsync(World world)
        => [.. (await KernelSnapshot.TakeAsync(world.Host)).Where(static line => !line.StartsWith("socket ", StringComparison.Ordinal))];

    private static IEnumerable<string> Rules(IReadOnlyList<string> snapshot) => snapshot.Where(static line => line.StartsWith("nft ", StringComparison.Ordinal));
}
