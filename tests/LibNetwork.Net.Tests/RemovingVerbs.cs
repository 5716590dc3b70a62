namespace LibNetwork.Tests;

/// <summary>A verb that takes something away, in a situation.</summary>
/// <param name="Verb">Interface and method.</param>
/// <param name="Prepare">Makes what is there before and after.</param>
/// <param name="Make">Makes what the verb takes away.</param>
/// <param name="Act">The verb; again, it finishes what failed.</param>
internal sealed record RemovingVerb(string Verb, Func<World, Task> Prepare, Func<World, Task> Make, Func<World, CancellationToken, Task> Act);

/// <summary>The verbs that take something away, by a sentence about the situation.</summary>
internal static class RemovingVerbs
{
    private static CancellationToken Cancel => World.Cancel;

    public static IReadOnlyDictionary<string, RemovingVerb> All { get; } = new Dictionary<string, RemovingVerb>
    {
        ["an endpoint leaves"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.LeaveAsync)}",
            static async world =>
            {
                await world.NetworkAsync("closed", CreatingVerbs.WithoutIcc);
                await world.SandboxAsync("c");
                await world.Controller.GetNetwork("closed").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
            },
            static world => JoinAsync(world, "closed"),
            static (world, token) => world.Endpoint("closed").LeaveAsync(world.Controller.GetSandbox("c"), token)),
        ["the gateway's endpoint leaves and another takes over"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.LeaveAsync)}",
            static async world =>
            {
                await CreatingVerbs.AttachAsync(world, "db");
                await world.NetworkAsync("web");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
            },
            static world => JoinAsync(world, "web"),
            static (world, token) => world.Endpoint("web").LeaveAsync(world.Controller.GetSandbox("c"), token)),
        ["an endpoint with ports leaves and another publishes them"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.LeaveAsync)}",
            static async world =>
            {
                INetwork db = await world.NetworkAsync("db", static spec => spec with { EnableIPv6 = false });
                await db.AttachAsync(await world.SandboxAsync("c"), CreatingVerbs.WithPorts("8080:80", "53/udp"), cancellationToken: Cancel);
                await world.NetworkAsync("web");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(CreatingVerbs.WithPorts("8080:80", "53/udp"), Cancel);
            },
            static world => JoinAsync(world, "web"),
            static (world, token) => world.Endpoint("web").LeaveAsync(world.Controller.GetSandbox("c"), token)),
        ["an endpoint is deleted"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.DeleteAsync)}",
            static world => world.NetworkAsync("web"),
            static world => world.Controller.GetNetwork("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel),
            static (world, token) => IfThereAsync(world, "web", endpoint => endpoint.DeleteAsync(cancellationToken: token))),
        ["a joined endpoint is deleted by force"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.DeleteAsync)}",
            static async world =>
            {
                await world.NetworkAsync("closed", CreatingVerbs.WithoutIcc);
                await world.SandboxAsync("c");
            },
            static world => world.Controller.GetNetwork("closed").AttachAsync(
                world.Controller.GetSandbox("c"), new EndpointSpec { Name = "e" }, cancellationToken: Cancel),
            static (world, token) => IfThereAsync(world, "closed", endpoint => endpoint.DeleteAsync(force: true, token))),
        ["the last endpoint of an overlay network leaves and is deleted"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.DeleteAsync)}",
            static async world =>
            {
                await world.NetworkAsync("tunnels", CreatingVerbs.Overlay);
                await world.SandboxAsync("c");
            },
            static world => world.Controller.GetNetwork("tunnels").AttachAsync(
                world.Controller.GetSandbox("c"), new EndpointSpec { Name = "e" }, cancellationToken: Cancel),
            static (world, token) => IfThereAsync(world, "tunnels", endpoint => endpoint.DeleteAsync(force: true, token))),
        ["a sandbox with endpoints is deleted"] = new(
            $"{nameof(ISandbox)}.{nameof(ISandbox.DeleteAsync)}",
            PrepareTwoNetworksAsync,
            MakeSandboxOnBothAsync,
            static (world, token) => world.Controller.Sandboxes.SingleOrDefault()?.DeleteAsync(token) ?? Task.CompletedTask),
        ["a container's sandbox is deleted"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.DeleteSandboxAsync)}",
            PrepareTwoNetworksAsync,
            MakeSandboxOnBothAsync,
            static (world, token) => world.Controller.DeleteSandboxAsync("c", token)),
        ["a network is deleted"] = new(
            $"{nameof(INetwork)}.{nameof(INetwork.DeleteAsync)}",
            static world => world.NetworkAsync("db"),
            static world => world.NetworkAsync("closed", CreatingVerbs.WithoutIcc),
            static (world, token) => world.Controller.TryGetNetwork("closed", out INetwork? network) ? network.DeleteAsync(token) : Task.CompletedTask),
        ["a template is deleted"] = new(
            $"{nameof(INetwork)}.{nameof(INetwork.DeleteAsync)}",
            static _ => Task.CompletedTask,
            static world => world.NetworkAsync("base", static spec => spec with { ConfigOnly = true }),
            static (world, token) => world.Controller.TryGetNetwork("base", out INetwork? network) ? network.DeleteAsync(token) : Task.CompletedTask),
        ["the last network is deleted"] = new(
            $"{nameof(INetwork)}.{nameof(INetwork.DeleteAsync)}",
            static _ => Task.CompletedTask,
            static world => world.NetworkAsync("web"),
            static (world, token) => world.Controller.TryGetNetwork("web", out INetwork? network) ? network.DeleteAsync(token) : Task.CompletedTask),
    };

    private static Task JoinAsync(World world, string network)
        => world.Endpoint(network).JoinAsync(world.Controller.GetSandbox("c"), new JoinOptions { GatewayPriority = 1 }, Cancel);

    private static Task IfThereAsync(World world, string network, Func<IEndpoint, Task> act)
        => world.Controller.GetNetwork(network).TryGetEndpoint("e", out IEndpoint? endpoint) ? act(endpoint) : Task.CompletedTask;

    private static async Task PrepareTwoNetworksAsync(World world)
    {
        await world.NetworkAsync("web");
        await world.NetworkAsync("closed", CreatingVerbs.WithoutIcc);
    }

    private static async Task MakeSandboxOnBothAsync(World world)
    {
        ISandbox sandbox = await world.SandboxAsync("c");
        foreach (string network in new[] { "web", "closed" })
        {
            await world.Controller.GetNetwork(network).AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        }
    }
}
