using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Sandboxes in namespaces that somebody else made, as a runtime does that makes its containers' namespaces itself.</summary>
[Trait("Category", "Kernel")]
public sealed class GivenNamespaceTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "CN-36")]
    public async Task It_is_furnished_like_our_own_and_handed_back_as_it_was()
    {
        await using World world = await World.CreateAsync();
        using NetworkNamespace theirs = NetworkNamespace.CreatePinned(PathOf(world, "theirs"));
        await BringLoopbackUpAsync(theirs);
        IReadOnlyList<string> empty = await KernelSnapshot.TakeAsync(theirs.Path!);
        INetwork network = await world.NetworkAsync("web");
        ISandbox own = await world.SandboxAsync("own");
        IEndpoint server = await network.AttachAsync(own, new EndpointSpec { Name = "own", DnsNames = ["own"] }, cancellationToken: Cancel);

        ISandbox given = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "given", NamespacePath = theirs.Path }, Cancel);
        IEndpoint client = await network.AttachAsync(given, new EndpointSpec { Name = "given" }, cancellationToken: Cancel);
        IPAddress? seen = await Traffic.SendAsync(theirs.OpenSocket, own.OpenSocket, server.State.IPv4!.Value.Address, Patience);
        DnsReply reply = await new DnsClient(theirs.OpenSocket).AskAsync("own");
        IReadOnlyList<string> furnished = await KernelSnapshot.TakeAsync(theirs.Path!);
        await given.DeleteAsync(Cancel);
        await world.Controller.DrainAsync();

        Assert.True(given.State.UsesGivenNamespace);
        Assert.NotEqual(theirs.Path, given.NamespacePath);   // a path below /proc may be another namespace's one day
        Assert.Equal(client.State.IPv4!.Value.Address, seen);
        Assert.Equal([server.State.IPv4!.Value.Address.ToString()], reply.Data);
        Assert.NotEqual(empty, furnished);
        Assert.Equal(empty, await KernelSnapshot.TakeAsync(theirs.Path!));
        Assert.False(File.Exists(given.NamespacePath), "the library's own pin is left");
    }

    [Fact, Trait("Feature", "CN-36")]
    public async Task The_next_process_takes_it_up_and_hands_it_back()
    {
        await using World world = await World.CreateDurableAsync();
        using NetworkNamespace theirs = NetworkNamespace.CreatePinned(PathOf(world, "theirs"));
        await BringLoopbackUpAsync(theirs);
        IReadOnlyList<string> empty = await KernelSnapshot.TakeAsync(theirs.Path!);
        INetwork network = await world.NetworkAsync("web");
        ISandbox given = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "given", NamespacePath = theirs.Path }, Cancel);
        await network.AttachAsync(given, new EndpointSpec { Name = "given" }, cancellationToken: Cancel);

        RestoreReport report = await world.RestartAsync();
        ISandbox again = world.Controller.GetSandbox("given");
        await again.DeleteAsync(Cancel);
        await world.Controller.DrainAsync();

        Assert.Empty(report.Failures);
        Assert.True(again.State.UsesGivenNamespace);
        Assert.Equal(empty, await KernelSnapshot.TakeAsync(theirs.Path!));
    }

    [Fact, Trait("Feature", "CN-36")]
    public async Task It_is_still_theirs_when_the_store_was_lost()
    {
        await using World world = await World.CreateAsync();
        using NetworkNamespace theirs = NetworkNamespace.CreatePinned(PathOf(world, "theirs"));
        await BringLoopbackUpAsync(theirs);
        IReadOnlyList<string> empty = await KernelSnapshot.TakeAsync(theirs.Path!);
        INetwork network = await world.NetworkAsync("web");
        ISandbox given = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "given", NamespacePath = theirs.Path }, Cancel);
        ISandbox own = await world.SandboxAsync("own");
        await network.AttachAsync(given, new EndpointSpec { Name = "given" }, cancellationToken: Cancel);
        await network.AttachAsync(own, new EndpointSpec { Name = "own" }, cancellationToken: Cancel);
        INetworkStore store = world.Store;

        RestoreReport report = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));
        ISandbox again = world.Controller.GetSandbox("given");
        bool ownIsGiven = world.Controller.GetSandbox("own").State.UsesGivenNamespace;
        await again.DeleteAsync(Cancel);
        await world.Controller.DrainAsync();

        Assert.Empty(report.NotRebuilt);
        Assert.Equal((true, false), (again.State.UsesGivenNamespace, ownIsGiven));
        Assert.Equal(empty, await KernelSnapshot.TakeAsync(theirs.Path!));
    }

    [Fact, Trait("Feature", "CN-36")]
    public async Task When_it_is_handed_back_another_sandbox_may_have_it_and_not_before()
    {
        await using World world = await World.CreateAsync();
        using NetworkNamespace theirs = NetworkNamespace.CreatePinned(PathOf(world, "theirs"));
        ISandbox first = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "first", NamespacePath = theirs.Path }, Cancel);

        NetworkException byPath = await RefusedAsync(world, theirs.Path!);
        NetworkException byPin = await RefusedAsync(world, first.NamespacePath);
        await first.DeleteAsync(Cancel);
        ISandbox second = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "second", NamespacePath = theirs.Path }, Cancel);

        Assert.All([byPath, byPin], static refused => Assert.Equal(
            (NetworkErrorKind.Forbidden, "sandbox of container \"first\""), (refused.Kind, refused.Holder)));
        Assert.Equal("second", second.ContainerId);
    }

    [Theory, Trait("Feature", "CN-36")]
    [InlineData("missing", "does not exist")]
    [InlineData("file", "is not a network namespace")]
    [InlineData("folder", "is not a network namespace")]
    [InlineData("/proc/self/ns/mnt", "is not a network namespace")]
    [InlineData("host", "is the host's own network")]
    [InlineData("", "is empty")]
    public async Task What_is_no_namespace_of_a_containers_is_refused(string path, string problem)
    {
        await using World world = await World.CreateAsync();
        await File.WriteAllTextAsync(PathOf(world, "file"), "text", Cancel);
        Directory.CreateDirectory(PathOf(world, "folder"));
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException refused = await RefusedAsync(world, path.Length == 0 ? path : Path.Combine(world.Host.Folder, path));

        Assert.Equal((NetworkErrorKind.InvalidArgument, nameof(SandboxSpec.NamespacePath)), (refused.Kind, refused.Field));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a refusal");
        Assert.False(world.Controller.TryGetSandbox("c", out _));
    }

    [Fact, Trait("Feature", "CN-36")]
    public async Task It_cannot_be_given_for_the_hosts_own_network()
    {
        await using World world = await World.CreateAsync();

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = "c", UseHostNamespace = true, NamespacePath = world.Host.NamespacePath }, Cancel));

        Assert.Equal((NetworkErrorKind.InvalidArgument, nameof(SandboxSpec.NamespacePath)), (refused.Kind, refused.Field));
    }

    private static string PathOf(World world, string name) => Path.Combine(world.Host.Folder, name);

    private static Task<NetworkException> RefusedAsync(World world, string path) => Assert.ThrowsAsync<NetworkException>(
        () => world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c", NamespacePath = path }, Cancel));

    private static async Task BringLoopbackUpAsync(NetworkNamespace inside)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = inside.Path });
        await kernel.RunAsync(
            static (session, _) =>
            {
                session.Route.Batch.ChangeLink("lo", new Linux.Rtnetlink.LinkChange { Up = true });
                session.Route.Execute();
                return true;
            },
            0,
            Cancel);
    }
}
