using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

/// <summary>What somebody else removed behind the controller's back, or never was there.</summary>
[Trait("Category", "Kernel")]
public sealed class VanishedTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData("gone", NetworkErrorKind.NotFound)]
    [InlineData("file", NetworkErrorKind.InvalidArgument)]
    [InlineData("host", null)]
    public async Task A_host_namespace_that_is_not_there_is_refused_by_its_path(string name, NetworkErrorKind? kind)
    {
        using TestHost host = await TestHost.CreateAsync();
        string path = Path.Combine(host.Folder, name);
        if (name == "file")
        {
            await File.WriteAllTextAsync(path, string.Empty, Cancel);
        }

        ServiceCollection services = new();
        services.AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (path, host.RunDirectory));
        await using ServiceProvider provider = services.BuildServiceProvider();
        Exception? failure = Record.Exception(() => provider.GetRequiredService<INetworkController>());

        NetworkException? refused = failure is null ? null : Assert.IsType<NetworkException>(failure);
        Assert.Equal(kind, refused?.Kind);
        Assert.Contains(path, refused?.Message ?? path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_namespace_that_loses_its_name_goes_on_working()
    {
        await using World world = await World.CreateAsync();
        NetworkNamespace.Unpin(world.Host.NamespacePath);

        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        await sandbox.DeleteAsync(Cancel);
        await network.DeleteAsync(Cancel);

        Assert.Empty(world.Controller.Networks);
    }

    [Fact]
    public async Task A_sandbox_whose_namespace_loses_its_name_can_be_used_and_deleted()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        ISandbox sandbox = await world.SandboxAsync("c");
        NetworkNamespace.Unpin(sandbox.NamespacePath);

        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        string links = await sandbox.RunInsideAsync(static () => File.ReadAllText("/proc/thread-self/net/dev"));
        await sandbox.DeleteAsync(Cancel);

        Assert.Contains(endpoint.State.InterfaceName?.Value ?? "eth0", links, StringComparison.Ordinal);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting it");
    }

    [Fact]
    public async Task A_deleted_sandbox_is_not_found_and_leaves_the_endpoint_as_it_was()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        ISandbox gone = await world.SandboxAsync("gone");
        await gone.DeleteAsync(Cancel);
        ISandbox there = await world.SandboxAsync("there");

        NetworkException refused = await Refusal.AssertAsync(world, NetworkErrorKind.NotFound, () => endpoint.JoinAsync(gone, cancellationToken: Cancel));
        await endpoint.JoinAsync(there, cancellationToken: Cancel);

        Assert.Contains("gone", refused.Message, StringComparison.Ordinal);
        Assert.Equal(there.Id, endpoint.State.SandboxId);
    }

    [Fact]
    public async Task Without_its_bridge_a_network_refuses_endpoints_and_can_be_deleted()
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        await RemoveLinkAsync(world.Host.NamespacePath, $"br-{network.Id.Value[..12]}");

        NetworkException refused = await Refusal.AssertAsync(
            world, NetworkErrorKind.NotFound, () => network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel));
        await sandbox.DeleteAsync(Cancel);
        await network.DeleteAsync(Cancel);

        Assert.Contains("web", refused.Message, StringComparison.Ordinal);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting it");
    }

    [Fact]
    public async Task An_endpoint_whose_interface_was_removed_can_be_deleted()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        await RemoveLinkAsync(sandbox.NamespacePath, "eth0");

        await endpoint.DeleteAsync(force: true, Cancel);

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "deleting it");
    }

    private static async Task RemoveLinkAsync(string namespacePath, string name)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = namespacePath });
        await kernel.RunAsync(
            static (session, link) =>
            {
                session.Route.Batch.DeleteLink(link);
                session.Route.Execute();
                return 0;
            },
            name,
            Cancel);
    }
}
