using System.Net;
using System.Security.Cryptography;
using System.Text;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A process that ends and another that takes up what it left, on the same host.</summary>
[Trait("Category", "Kernel")]
public sealed class RestoreTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "ST-04"), Trait("Feature", "ST-05")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_is_there_again_and_the_kernel_is_as_it_was(bool inFile)
    {
        await using World world = inFile ? await World.CreateDurableAsync() : await World.CreateAsync();
        (ISandbox a, _, _) = await SettleAsync(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        SandboxState sandboxBefore = a.State;

        RestoreReport report = await world.RestartAsync();

        Assert.Empty(report.Failures);
        Assert.Empty(report.Removed);
        Assert.Equal((4, 3, 5), (report.Networks, report.Sandboxes, report.Endpoints));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a restart");
        Assert.Equal(sandboxBefore.Endpoints, world.Controller.GetSandbox("a").State.Endpoints);
        Assert.Equal(sandboxBefore.GatewayIPv4, world.Controller.GetSandbox("a").State.GatewayIPv4);
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task What_was_restored_works_and_can_be_taken_apart()
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> empty = await WorldSnapshot.TakeAsync(world);
        await SettleAsync(world);
        await world.RestartAsync();
        INetwork web = world.Controller.GetNetwork("web");
        ISandbox a = world.Controller.GetSandbox("a"), b = world.Controller.GetSandbox("b");

        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, web.GetEndpoint("b").State.IPv6!.Value.Address, Patience);
        IPAddress? outside = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        ISandbox late = await world.SandboxAsync("late");
        IEndpoint newcomer = await web.AttachAsync(late, new EndpointSpec { Name = "late" }, cancellationToken: Cancel);

        Assert.Equal(web.GetEndpoint("a").State.IPv6!.Value.Address, seen);
        Assert.Equal(IPAddress.Parse(TestHost.HostIPv4), outside);
        Assert.DoesNotContain(newcomer.State.IPv4, new[] { web.GetEndpoint("a").State.IPv4, web.GetEndpoint("b").State.IPv4 });
        await web.GetEndpoint("b").LeaveAsync(b, Cancel);
        foreach (ISandbox sandbox in world.Controller.Sandboxes)
        {
            await sandbox.DeleteAsync(Cancel);
        }

        foreach (INetwork network in world.Controller.Networks.Where(network => network.State.Driver == "bridge"))
        {
            foreach (IEndpoint endpoint in network.Endpoints)
            {
                await endpoint.DeleteAsync(force: true, Cancel);
            }

            await network.DeleteAsync(Cancel);
        }

        // The null network stays for ever, and forwarding on, as without a restart.
        IEnumerable<string> left = (await WorldSnapshot.TakeAsync(world)).Except(empty);
        Assert.All(left, line => Assert.Matches("none|null|forward", line));
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task Traffic_between_endpoints_and_to_the_outside_goes_on_meanwhile()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, ISandbox b, IEndpoint target) = await SettleAsync(world);
        using NetworkNamespace from = NetworkNamespace.Open(a.NamespacePath), to = NetworkNamespace.Open(b.NamespacePath);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<(int Sent, int Lost)> inside = Traffic.FlowAsync(from.OpenSocket, to.OpenSocket, target.State.IPv4!.Value.Address, Patience, stop.Token);
        Task<(int Sent, int Lost)> outside = Traffic.FlowAsync(
            from.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience, stop.Token);

        for (int restart = 0; restart < 5; restart++)
        {
            await world.RestartAsync();
        }

        await stop.CancelAsync();
        Assert.Equal((0, 0), ((await inside).Lost, (await outside).Lost));
        Assert.True((await inside).Sent > 10, "hardly anything was sent");
    }

    [Fact, Trait("Feature", "ST-05"), Trait("Feature", "ST-06")]
    public async Task A_sandbox_that_died_meanwhile_is_removed_with_its_endpoints()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, _, _) = await SettleAsync(world);
        string path = a.NamespacePath;
        InterfaceAddress? held = world.Controller.GetNetwork("web").GetEndpoint("a").State.IPv4;

        RestoreReport report = await world.RestartAsync(() =>
        {
            NetworkNamespace.Unpin(path);
            return Task.CompletedTask;
        });

        Assert.Empty(report.Failures);
        Assert.Contains("sandbox of container \"a\"", report.Removed);
        Assert.False(world.Controller.GetNetwork("web").TryGetEndpoint("a", out _));
        Assert.DoesNotContain(world.HeldAddresses, line => line.Contains(held!.Value.Address.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(await world.Store.ListAsync(string.Empty, Cancel), entry => entry.Key.Contains(a.Id.Value, StringComparison.Ordinal));
        await world.SandboxAsync("a");
    }

    [Fact, Trait("Feature", "ST-09")]
    public async Task After_a_reboot_networks_are_built_anew()
    {
        await using World world = await World.CreateAsync();
        INetwork before = await world.NetworkAsync("web");
        NetworkState state = before.State;

        RestoreReport report = await world.RestartAsync(() => world.InKernelAsync(static session =>
        {
            foreach (LinkInfo bridge in session.Route.DumpLinks().Where(static link => link.Kind == "bridge"))
            {
                session.Route.Batch.DeleteLink(bridge.Index);
            }

            session.Route.Execute();
        }));

        Assert.Empty(report.Failures);
        INetwork web = world.Controller.GetNetwork("web");
        Assert.Equal(state.Id, web.Id);
        ISandbox a = await world.SandboxAsync("a"), b = await world.SandboxAsync("b");
        await web.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint target = await web.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);
        Assert.NotNull(await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, target.State.IPv4!.Value.Address, Patience));
    }

    [Fact, Trait("Feature", "ST-09")]
    public async Task An_endpoint_whose_cable_was_deleted_meanwhile_has_left()
    {
        await using World world = await World.CreateAsync();
        await SettleAsync(world);

        RestoreReport report = await world.RestartAsync(() => world.InKernelAsync(static session =>
        {
            foreach (LinkInfo port in session.Route.DumpLinks().Where(static link => link.Kind == "veth" && link.Master is not null))
            {
                session.Route.Batch.DeleteLink(port.Index);
            }

            session.Route.Execute();
        }));

        Assert.Empty(report.Failures);
        IEndpoint a = world.Controller.GetNetwork("web").GetEndpoint("a");
        Assert.Null(a.State.SandboxId);
        await a.JoinAsync(world.Controller.GetSandbox("a"), cancellationToken: Cancel);   // and it can join again, with the address that it had
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task Rules_that_were_flushed_meanwhile_are_put_back()
    {
        await using World world = await World.CreateAsync();
        await SettleAsync(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        await world.RestartAsync(() => world.InKernelAsync(static session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.FlushChain(NftFamily.Inet, "libnetwork", "forward");
            transaction.DestroyTable(NftFamily.Bridge, "libnetwork");
            session.Nftables.Commit(transaction);
        }));

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a restart with flushed rules");
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task What_nobody_wants_any_more_goes_from_the_rules()
    {
        await using World world = await World.CreateAsync();
        await SettleAsync(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        await world.RestartAsync(() => world.InKernelAsync(static session =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddElement(NftFamily.Inet, "libnetwork", "networks", NftElement.Of("br-dead"));
            transaction.AddElement(NftFamily.Bridge, "libnetwork", "closed", NftElement.Of("vethdead"));
            session.Nftables.Commit(transaction);
        }));

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a restart with rules of the dead");
    }

    [Fact]
    public async Task Other_rules_have_another_shape()
    {
        await using World world = await World.CreateAsync();
        await world.NetworkAsync("web");
        string rules = string.Empty;
        await world.InKernelAsync(session =>
        {
            foreach (NftTable table in session.Nftables.ReadRuleset(family: null, "libnetwork").Tables)
            {
                rules += $"{table.Family} {table.Comment}\n";
                rules += string.Concat(table.Sets.Select(set => $"{set.Name} {string.Join(' ', set.Key)} {string.Join(' ', set.Data)}\n"));
                rules += string.Concat(table.Chains.Select(chain => $"{chain.Name} {string.Join(" | ", chain.Rules)}\n"));
            }
        });

        // A restart keeps the rules of a table whose comment it knows. Whoever changes rules or sets gives them another comment (Shape), and this another hash.
        Assert.Equal("dbe2d71c1e63787c", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rules)))[..16]);
    }

    [Fact]
    public async Task A_controller_in_use_is_not_restored_into()
    {
        await using World world = await World.CreateAsync();
        await world.NetworkAsync("web");

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Controller.RestoreAsync(Cancel));
    }

    /// <summary>Two bridge networks, the null network and the host's; three sandboxes with five endpoints between them.</summary>
    internal static async Task<(ISandbox A, ISandbox B, IEndpoint Target)> SettleAsync(World world)
    {
        INetwork web = await world.NetworkAsync("web");
        INetwork db = await world.NetworkAsync("db", spec => spec with { Internal = true, Labels = new Dictionary<string, string> { ["k"] = "v" } });
        INetwork closed = await world.NetworkAsync(
            "closed", spec => spec with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" } });
        INetwork none = await world.NetworkAsync("none", spec => spec with { Driver = "null", EnableIPv6 = false });
        ISandbox a = await world.SandboxAsync("a"), b = await world.SandboxAsync("b"), c = await world.SandboxAsync("c");
        await web.AttachAsync(a, new EndpointSpec { Name = "a", DnsNames = ["al"], PortBindings = [PortBinding.Parse("8080:80"), PortBinding.Parse("53/udp")] }, cancellationToken: Cancel);
        IEndpoint target = await web.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);
        await db.AttachAsync(a, new EndpointSpec { Name = "a" }, new JoinOptions { GatewayPriority = 7 }, Cancel);
        await closed.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);
        await none.AttachAsync(c, new EndpointSpec { Name = "c" }, cancellationToken: Cancel);
        return (a, b, target);
    }
}
