using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Another name for live endpoints: everywhere at once, or nowhere.</summary>
[Trait("Category", "Kernel")]
public sealed class RenamingTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "CN-34")]
    public async Task All_endpoints_of_a_sandbox_are_renamed_and_the_old_name_is_gone_from_the_next_answer()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front"), back = await world.NetworkAsync("back");
        ISandbox db = await world.SandboxAsync("db");
        IEndpoint one = await AttachAsync(front, db, "db", "db", "4711"), two = await AttachAsync(back, db, "db", "DB", "store");
        ISandbox asker = await world.SandboxAsync("asker");
        await AttachAsync(front, asker, "asker");
        await AttachAsync(back, asker, "asker");
        DnsClient client = new(asker.OpenSocket);
        Assert.NotEmpty((await client.AskAsync("db.front")).Answers);

        await db.RenameAsync("data", Cancel);

        Assert.Equal(("data", "data"), (one.Name, two.Name));
        Assert.Equal(["data", "4711"], one.State.DnsNames);
        Assert.Equal(["data", "store"], two.State.DnsNames);
        foreach (string gone in new[] { "db", "db.front", "db.back" })
        {
            Assert.Empty((await client.AskAsync(gone)).Answers);
        }

        foreach ((string name, IEndpoint endpoint) in new[] { ("data.front", one), ("4711", one), ("data.back", two), ("store", two) })
        {
            Assert.Equal([endpoint.State.IPv4!.Value.Address.ToString()], (await client.AskAsync(name)).Data);
        }

        Assert.Same(one, front.GetEndpoint("data"));
        Assert.False(front.TryGetEndpoint("db", out _));
        await AttachAsync(front, await world.SandboxAsync("next"), "db", "db");   // the name is free
    }

    [Fact, Trait("Feature", "CN-34")]
    public async Task A_name_that_is_taken_on_one_network_leaves_the_names_on_all()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front"), back = await world.NetworkAsync("back");
        ISandbox db = await world.SandboxAsync("db");
        await AttachAsync(front, db, "db", "db");
        await AttachAsync(back, db, "db", "db");
        await AttachAsync(back, await world.SandboxAsync("other"), "data", "data");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => db.RenameAsync("data", Cancel));

        Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
        Assert.Contains("endpoint \"data\" on network \"back\"", refused.Message, StringComparison.Ordinal);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the refusal");
        NetworkException noName = await Assert.ThrowsAsync<NetworkException>(() => db.RenameAsync("a..b", Cancel));
        Assert.Equal(NetworkErrorKind.InvalidArgument, noName.Kind);   // it would have to become a DNS name
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "the refusal");
    }

    [Fact, Trait("Feature", "CN-34")]
    public async Task Errors_and_a_later_process_know_the_new_name_also_when_the_store_is_lost()
    {
        await using World world = await World.CreateDurableAsync();
        INetwork front = await world.NetworkAsync("front");
        ISandbox db = await world.SandboxAsync("db");
        IEndpoint endpoint = await front.AttachAsync(
            db, new EndpointSpec { Name = "db", DnsNames = ["db"], PortBindings = [PortBinding.Parse("8080:80"), PortBinding.Parse("7000-7001:7000-7001")] }, cancellationToken: Cancel);
        await db.RenameAsync("data", Cancel);

        NetworkException address = await Assert.ThrowsAsync<NetworkException>(() => front.CreateEndpointAsync(
            new EndpointSpec { Name = "x", IPv4Address = endpoint.State.IPv4!.Value.Address }, Cancel));
        Assert.Contains("endpoint \"data\" on network \"front\"", address.Holder, StringComparison.Ordinal);
        foreach (string port in new[] { "8080:80", "7001:80" })
        {
            ISandbox other = await world.SandboxAsync("other");
            NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => front.AttachAsync(
                other, new EndpointSpec { Name = "x", PortBindings = [PortBinding.Parse(port)] }, cancellationToken: Cancel));
            Assert.Contains("endpoint \"data\" on network \"front\"", taken.Holder, StringComparison.Ordinal);
            await other.DeleteAsync(Cancel);
        }

        await world.RestartAsync();
        Assert.Equal("data", Assert.Single(world.Controller.GetNetwork("front").Endpoints).Name);
        await world.RestartAsync(() => File.WriteAllBytesAsync(world.StorePath!, [1, 2, 3], Cancel));
        Assert.Equal("data", Assert.Single(world.Controller.GetNetwork("front").Endpoints).Name);
    }

    [Fact, Trait("Feature", "CN-34")]
    public async Task The_endpoint_on_the_automatic_gateway_network_keeps_its_name()
    {
        await using World world = await World.CreateAsync(null, new FakeNetworkDriver());
        INetwork overlay = await world.NetworkAsync("overlay", static spec => spec with { Driver = "fake", EnableIPv6 = false });
        ISandbox sandbox = await world.SandboxAsync("c");
        await AttachAsync(overlay, sandbox, "c");
        string before = Assert.Single(world.Controller.GetNetwork("docker_gwbridge").Endpoints).Name;

        await sandbox.RenameAsync("new", Cancel);

        Assert.Equal("new", Assert.Single(overlay.Endpoints).Name);
        Assert.Equal(before, Assert.Single(world.Controller.GetNetwork("docker_gwbridge").Endpoints).Name);
    }

    [Fact, Trait("Feature", "CN-34")]
    public async Task Two_that_rename_the_same_endpoints_end_and_one_of_them_is_last()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front"), back = await world.NetworkAsync("back");
        ISandbox db = await world.SandboxAsync("db");
        IEndpoint one = await AttachAsync(front, db, "db", "db"), two = await AttachAsync(back, db, "db", "db");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() => db.RenameAsync($"name{number % 4}", Cancel), Cancel)))
            .WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        Assert.Equal(one.Name, two.Name);
        Assert.Equal([one.Name], one.State.DnsNames);
        Assert.Equal([one.Name], two.State.DnsNames);
        Assert.Same(one, front.GetEndpoint(one.Name));
    }

    private static Task<IEndpoint> AttachAsync(INetwork network, ISandbox sandbox, string name, params string[] dnsNames)
        => network.AttachAsync(sandbox, new EndpointSpec { Name = name, DnsNames = dnsNames }, cancellationToken: Cancel);
}
