using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A process that lives for one verb takes up only what the verb is about.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "CI-12")]
public sealed class ScopedRestoreTests
{
    private static readonly RestoreScope OfA = new() { Network = "web", ContainerId = "a" };

    private static CancellationToken Cancel => World.Cancel;

    [Fact]
    public async Task Only_what_the_verb_is_about_is_taken_up_and_the_rest_stays_as_it_is()
    {
        await using World world = await SettledAsync();

        RestoreReport part = await world.RestartAsync(scope: OfA);
        IEndpoint added = await AttachAsync(world, "web", "d");
        bool isLeft = await LeaveAsync(world);
        RestoreReport whole = await world.RestartAsync();

        Assert.Equal((true, 1, 1, 1, 1), (part.IsPartial, part.Networks, part.Sandboxes, part.Endpoints, part.Dormant));
        Assert.True(isLeft);
        Assert.Equal((false, 2, 4, 4, 0), (whole.IsPartial, whole.Networks, whole.Sandboxes, whole.Endpoints, whole.Dormant));
        Assert.Empty(whole.Removed.Concat(whole.Failures.Select(static failure => failure.Message)));
        Assert.Equal(4, AddressesOf(world).Distinct().Count());
        Assert.Contains(added.State.IPv4.ToString(), AddressesOf(world));
    }

    [Fact]
    public async Task All_networks_of_the_container_are_taken_up()
    {
        await using World world = await SettledAsync();
        await world.Controller.GetNetwork("other").AttachAsync(world.Controller.GetSandbox("a"), new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        Assert.True(await LeaveAsync(world));

        RestoreReport part = await world.RestartAsync(scope: OfA);

        Assert.Equal((true, 2, 1, 2, 1), (part.IsPartial, part.Networks, part.Sandboxes, part.Endpoints, part.Dormant));
    }

    [Fact]
    public async Task Who_publishes_ports_knows_whoever_has_some()
    {
        PortBinding binding = PortBinding.Parse("127.0.0.1:8080:80/tcp");
        await using World world = await SettledAsync();
        await AttachAsync(world, "other", "holder", binding);
        Assert.True(await LeaveAsync(world));

        RestoreReport part = await world.RestartAsync(scope: OfA with { PublishesPorts = true });
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => AttachAsync(world, "web", "d", binding));
        IEndpoint beside = await AttachAsync(world, "web", "e", PortBinding.Parse("127.0.0.1:8081:80/tcp"));

        Assert.Equal((true, 2, 2, 2, 1), (part.IsPartial, part.Networks, part.Sandboxes, part.Endpoints, part.Dormant));
        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.Contains("holder", refused.Holder, StringComparison.Ordinal);
        Assert.Single(beside.State.PublishedPorts);
    }

    [Fact]
    public async Task Names_and_networks_of_the_rest_are_kept()
    {
        await using World world = await SettledAsync();
        await world.RestartAsync(scope: OfA);
        INetwork web = world.Controller.GetNetwork("web");

        NetworkException network = await Assert.ThrowsAsync<NetworkException>(() => world.NetworkAsync("third"));
        NetworkException sandbox = await Assert.ThrowsAsync<NetworkException>(() => world.SandboxAsync("c"));
        NetworkException endpoint = await Assert.ThrowsAsync<NetworkException>(() => web.CreateEndpointAsync(new EndpointSpec { Name = "b" }, Cancel));
        await web.GetEndpoint("a").DeleteAsync(force: true, Cancel);
        NetworkException deletion = await Assert.ThrowsAsync<NetworkException>(() => web.DeleteAsync(Cancel));

        Assert.Equal(
            (NetworkErrorKind.NotSupported, NetworkErrorKind.Forbidden, NetworkErrorKind.Forbidden, NetworkErrorKind.Forbidden),
            (network.Kind, sandbox.Kind, endpoint.Kind, deletion.Kind));
    }

    [Fact]
    public async Task The_last_network_in_scope_goes_and_the_others_stay_protected()
    {
        await using World world = await StartedAsync();
        await world.NetworkAsync("other");
        await AttachAsync(world, "other", "c");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        await world.NetworkAsync("web");
        await AttachAsync(world, "web", "a");
        Assert.True(await LeaveAsync(world));

        RestoreReport part = await world.RestartAsync(scope: OfA);
        await world.Controller.DeleteSandboxAsync("a", Cancel);
        await world.Controller.GetNetwork("web").DeleteAsync(Cancel);
        await world.Controller.DrainAsync();
        Assert.True(await LeaveAsync(world));
        RestoreReport whole = await world.RestartAsync();

        Assert.True(part.IsPartial);
        Assert.Empty(whole.Removed);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting the other network in part");
    }

    [Fact]
    public async Task A_process_that_dies_leaves_no_outline()
    {
        await using World world = await SettledAsync();
        RestoreReport first = await world.RestartAsync(scope: OfA);

        RestoreReport second = await world.RestartAsync(scope: OfA);

        Assert.Equal((true, false), (first.IsPartial, second.IsPartial));
        Assert.Equal(3, second.Endpoints);
    }

    [Theory]
    [InlineData("the network is not there")]
    [InlineData("the rules are gone")]
    [InlineData("the outline is cut short")]
    [InlineData("the outline is of another machine")]
    [InlineData("the store lost an endpoint")]
    public async Task Everything_is_taken_up_and_put_right_when(string what)
    {
        await using World world = await SettledAsync();
        string outline = Path.Combine(world.Host.RunDirectory, "outline");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        bool isGone = what == "the store lost an endpoint";
        if (isGone)
        {
            string key = (await world.Store.ListAsync("libnetwork/v1/endpoint/", Cancel)).Single(entry => System.Text.Encoding.UTF8.GetString(entry.Value.Span).Contains("\"Name\":\"a\"", StringComparison.OrdinalIgnoreCase)).Key;
            await world.Store.TryCommitAsync(new Stores.StoreTransaction { Deletes = [key] }, Cancel);
        }

        RestoreReport report = await world.RestartAsync(
            async () =>
            {
                byte[] bytes = await File.ReadAllBytesAsync(outline, Cancel);
                switch (what)
                {
                    case "the rules are gone":
                        await HostProgram.RunAsync(world.Host, "nft flush ruleset");
                        break;
                    case "the outline is cut short":
                        await File.WriteAllBytesAsync(outline, bytes[..(bytes.Length / 2)], Cancel);
                        break;
                    case "the outline is of another machine":
                        bytes[30] ^= 1;   // a digit of the number that a machine has from start to start
                        await File.WriteAllBytesAsync(outline, bytes, Cancel);
                        break;
                }
            },
            scope: what == "the network is not there" ? OfA with { Network = "third" } : OfA);

        Assert.Equal((false, 2, isGone ? 2 : 3), (report.IsPartial, report.Networks, report.Endpoints));
        Assert.True(await LeaveAsync(world));
        if (!isGone)
        {
            WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), what);
        }
    }

    [Fact]
    public async Task What_a_part_cannot_tell_is_not_outlined()
    {
        await using World world = await SettledAsync();
        bool plain = await LeaveAsync(world);
        IEndpoint restricted = world.Controller.GetNetwork("web").GetEndpoint("a");
        await restricted.UpdateEgressAsync(EgressPolicy.Allow(["192.0.2.1"]), Cancel);
        bool withPolicy = await LeaveAsync(world);
        await restricted.UpdateEgressAsync(null, Cancel);
        await world.SandboxAsync("resolving");
        bool withResolver = await LeaveAsync(world);

        Assert.Equal((true, false, false), (plain, withPolicy, withResolver));
    }

    /// <summary>A process that never restored does not know what there is.</summary>
    private static async Task<World> StartedAsync()
    {
        World world = await World.CreateDurableAsync();
        await world.RestartAsync();
        return world;
    }

    private static async Task<World> SettledAsync()
    {
        World world = await StartedAsync();
        await world.NetworkAsync("web");
        await world.NetworkAsync("other");
        await AttachAsync(world, "web", "a");
        await AttachAsync(world, "web", "b");
        await AttachAsync(world, "other", "c");
        Assert.True(await LeaveAsync(world));
        return world;
    }

    private static async Task<IEndpoint> AttachAsync(World world, string network, string container, params PortBinding[] ports)
    {
        ISandbox sandbox = await world.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = container, Dns = new SandboxDns { IsEnabled = false } }, Cancel);
        return await world.Controller.GetNetwork(network).AttachAsync(sandbox, new EndpointSpec { Name = container, PortBindings = ports }, cancellationToken: Cancel);
    }

    private static Task<bool> LeaveAsync(World world) => ((IScopedController)world.Controller).LeaveOutlineAsync(Cancel);

    private static List<string> AddressesOf(World world)
        => [.. world.Controller.Networks.SelectMany(static network => network.Endpoints).Select(static endpoint => endpoint.State.IPv4.ToString()!)];   // each has one
}
