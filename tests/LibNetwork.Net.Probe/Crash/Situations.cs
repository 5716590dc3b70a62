namespace LibNetwork.Probe.Crash;

/// <summary>Every verb of the library, by a short name.</summary>
internal static class Situations
{
    private const string Closed = "com.docker.network.bridge.enable_icc";

    public static IReadOnlyDictionary<string, Situation> All { get; } = new Dictionary<string, Situation>
    {
        ["create-network"] = CreateNetwork(static name => new NetworkSpec { Name = name, EnableIPv6 = true }),
        ["create-closed-network"] = CreateNetwork(ClosedNetwork),
        ["delete-network"] = new(
            static world => world.Controller.CreateNetworkAsync(ClosedNetwork("new")),
            static world => world.Network("new").DeleteAsync(),
            static world => !world.Controller.TryGetNetwork("new", out _),
            static world => DeleteNetworkAsync(world, "new")),
        ["create-sandbox"] = new(
            static _ => Task.CompletedTask,
            static world => world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "new" }),
            static world => world.Controller.TryGetSandbox("new", out _),
            static world => world.Controller.DeleteSandboxAsync("new")),
        ["delete-sandbox"] = DeleteSandbox(static world => world.Sandbox("new").DeleteAsync()),
        ["delete-sandbox-of-container"] = DeleteSandbox(static world => world.Controller.DeleteSandboxAsync("new")),
        ["create-endpoint"] = new(
            static _ => Task.CompletedTask,
            static world => world.Network("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }),
            static world => world.Endpoint("web", "e") is { } endpoint && IsJoined(endpoint, false),
            static world => DeleteEndpointAsync(world, "web")),
        ["create-wireless-endpoint"] = new(
            static _ => Task.CompletedTask,
            static world => world.Network("wireless").CreateEndpointAsync(new EndpointSpec { Name = "e" }),
            static world => world.Endpoint("wireless", "e") is not null,
            static world => DeleteEndpointAsync(world, "wireless")),
        ["join"] = Join("closed"),
        ["join-and-become-gateway"] = Join("web"),
        ["join-with-gateway-network"] = Join("wireless", "idle"),
        ["leave"] = Leave("closed"),
        ["leave-as-gateway"] = Leave("web"),
        ["leave-gateway-network"] = Leave("wireless", "idle"),
        ["attach"] = Attach("closed"),
        ["attach-and-become-gateway"] = Attach("web"),
        ["attach-to-null-network"] = Attach("none", "idle"),
        ["attach-with-gateway-network"] = Attach("wireless", "idle"),
        ["update-names"] = new(
            static world => world.Network("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }),
            static world => world.Network("web").GetEndpoint("e").UpdateDnsNamesAsync(["a", "b"]),
            static world => world.Endpoint("web", "e")?.State.DnsNames is ["a", "b"],
            static world => DeleteEndpointAsync(world, "web")),
        ["attach-with-policy"] = Attach("web", egress: Policy),
        ["update-policy"] = new(
            static world => world.Network("web").AttachAsync(world.Sandbox("c"), new EndpointSpec { Name = "e" }, new JoinOptions { GatewayPriority = 1 }),
            static world => world.Network("web").GetEndpoint("e").UpdateEgressAsync(Policy),
            static world => world.Endpoint("web", "e")?.State.Egress == Policy,
            static world => DeleteEndpointAsync(world, "web")),
        ["rename-endpoints"] = new(
            static world => AttachToBothAsync(world, "web", "closed"),
            static world => world.Sandbox("new").RenameAsync("renamed"),
            static world => (world.Endpoint("web", "renamed"), world.Endpoint("closed", "renamed"), world.Endpoint("web", "e"), world.Endpoint("closed", "e")) switch
            {
                ({ State.DnsNames: ["renamed"] }, { State.DnsNames: ["renamed"] }, null, null) => true,
                (null, null, { State.DnsNames: ["e"] }, { State.DnsNames: ["e"] }) => false,
                (null, null, null, null) => false,   // nothing is made yet
                var state => throw new InvalidOperationException($"endpoints are renamed in part: {state}"),
            },
            static world => world.Controller.DeleteSandboxAsync("new")),
        ["refresh-sandbox"] = new(
            static world => AttachToBothAsync(world, "web", "wireless"),
            static world => world.Sandbox("new").RefreshAsync(new SandboxChange { Options = new Dictionary<string, string> { ["label"] = "new" } }),
            static world => (world.Endpoint("web", "e"), world.Endpoint("wireless", "e")) switch
            {
                ({ } one, { } other) => IsJoined(one, true) && IsJoined(other, true),   // before and after
                (null, null) => false,   // nothing is made yet
                var state => throw new InvalidOperationException($"an endpoint is gone: {state}"),
            },
            static world => world.Controller.DeleteSandboxAsync("new")),
        ["create-network-from-template"] = new(
            static world => world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "base", ConfigOnly = true, EnableIPv6 = true }),
            static world => world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "new", ConfigFrom = "base" }),
            static world => world.Controller.TryGetNetwork("new", out _),
            static async world =>
            {
                await DeleteNetworkAsync(world, "new");
                await DeleteNetworkAsync(world, "base");
            }),
        ["delete-endpoint"] = new(
            static world => world.Network("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }),
            static world => world.Network("web").GetEndpoint("e").DeleteAsync(),
            static world => world.Endpoint("web", "e") is null,
            static world => DeleteEndpointAsync(world, "web")),
        ["delete-joined-endpoint"] = DeleteJoined("closed"),
        ["delete-gateway-endpoint"] = DeleteJoined("web"),
        ["join-first-of-overlay"] = Join("tunnels"),
        ["leave-last-of-overlay"] = Leave("tunnels"),
        ["storm"] = new(static _ => Task.CompletedTask, Storm.RunAsync, static _ => false, Storm.ClearAsync),
    };

    /// <summary>What is in every world: networks, a sandbox that is on one of them, a sandbox that is on none.</summary>
    public static async Task PrepareAsync(CrashWorld world)
    {
        if (world.Controller.TryGetSandbox("idle", out _))
        {
            return;
        }

        await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", EnableIPv6 = true });
        await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "db", EnableIPv6 = true });
        await world.Controller.CreateNetworkAsync(ClosedNetwork("closed"));
        await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "wireless", Driver = "wireless" });
        await world.Controller.CreateNetworkAsync(
            new NetworkSpec { Name = "tunnels", Driver = "overlay", Internal = true, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24") }] });
        await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "none", Driver = "null" });   // it stays for ever
        ISandbox c = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c" });
        await world.Network("db").AttachAsync(c, new EndpointSpec { Name = "resident" });
        ISandbox idle = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "idle" });

        // The automatic gateway network stays once it is there.
        IEndpoint passing = await world.Network("wireless").AttachAsync(idle, new EndpointSpec { Name = "passing" });
        await passing.DeleteAsync(force: true);
    }

    private static EgressPolicy Policy => EgressPolicy.Allow("192.0.2.0/24:80-90", "*.example.org:443");

    private static NetworkSpec ClosedNetwork(string name)
        => new() { Name = name, EnableIPv6 = true, Options = new Dictionary<string, string> { [Closed] = "false" } };

    private static async Task AttachToBothAsync(CrashWorld world, params string[] networks)
    {
        ISandbox sandbox = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "new" });
        foreach (string network in networks)
        {
            await world.Network(network).AttachAsync(sandbox, new EndpointSpec { Name = "e", DnsNames = ["e"] });
        }
    }

    private static Situation CreateNetwork(Func<string, NetworkSpec> spec) => new(
        static _ => Task.CompletedTask,
        world => world.Controller.CreateNetworkAsync(spec("new")),
        static world => world.Controller.TryGetNetwork("new", out _),
        static world => DeleteNetworkAsync(world, "new"));

    private static Situation DeleteSandbox(Func<CrashWorld, Task> act) => new(
        static world => AttachToBothAsync(world, "web", "closed"),
        act,
        static world => (world.Controller.TryGetSandbox("new", out _), world.Endpoint("web", "e"), world.Endpoint("closed", "e")) switch
        {
            (false, null, null) => true,
            (true, { } one, { } other) when IsJoined(one, true) && IsJoined(other, true) => false,
            var state => throw new InvalidOperationException($"a sandbox is deleted in part: {state}"),
        },
        static world => world.Controller.DeleteSandboxAsync("new"));

    private static Situation Join(string network, string container = "c") => new(
        world => world.Network(network).CreateEndpointAsync(new EndpointSpec { Name = "e" }),
        world => world.Network(network).GetEndpoint("e").JoinAsync(world.Sandbox(container), new JoinOptions { GatewayPriority = 1 }),
        world => Joined(world, network, container),
        world => DeleteEndpointAsync(world, network));

    private static Situation Leave(string network, string container = "c") => new(
        world => world.Network(network).AttachAsync(world.Sandbox(container), new EndpointSpec { Name = "e" }, new JoinOptions { GatewayPriority = 1 }),
        world => world.Network(network).GetEndpoint("e").LeaveAsync(world.Sandbox(container)),
        world => !Joined(world, network, container),
        world => DeleteEndpointAsync(world, network));

    private static Situation Attach(string network, string container = "c", EgressPolicy? egress = null) => new(
        static _ => Task.CompletedTask,
        world => world.Network(network).AttachAsync(
            world.Sandbox(container), new EndpointSpec { Name = "e", Egress = egress }, new JoinOptions { GatewayPriority = 1 }),
        world => world.Endpoint(network, "e") is not null
            && (Joined(world, network, container) ? true : throw new InvalidOperationException("an attached endpoint is not joined")),
        world => DeleteEndpointAsync(world, network));

    private static Situation DeleteJoined(string network) => new(
        world => world.Network(network).AttachAsync(world.Sandbox("c"), new EndpointSpec { Name = "e" }, new JoinOptions { GatewayPriority = 1 }),
        world => world.Network(network).GetEndpoint("e").DeleteAsync(force: true),
        world => world.Endpoint(network, "e") is not { } endpoint || !IsJoined(endpoint, true),
        world => DeleteEndpointAsync(world, network));

    /// <summary>Whether an endpoint is in a sandbox, and the sandbox has the way out that it needs then.</summary>
    private static bool Joined(CrashWorld world, string network, string container)
    {
        bool isJoined = world.Endpoint(network, "e")?.State.SandboxId is not null;
        bool hasGatewayEndpoint = world.Controller.TryGetNetwork("docker_gwbridge", out INetwork? gateway) && gateway.Endpoints.Count > 0;
        return network != "wireless" || isJoined == hasGatewayEndpoint
            ? isJoined
            : throw new InvalidOperationException($"{container} is joined: {isJoined}, has a way out: {hasGatewayEndpoint}");
    }

    private static bool IsJoined(IEndpoint endpoint, bool expected) => endpoint.State.SandboxId is not null == expected
        ? true
        : throw new InvalidOperationException($"endpoint {endpoint.Name} is in sandbox \"{endpoint.State.SandboxId}\"");

    private static Task DeleteEndpointAsync(CrashWorld world, string network)
        => world.Endpoint(network, "e")?.DeleteAsync(force: true) ?? Task.CompletedTask;

    private static Task DeleteNetworkAsync(CrashWorld world, string name)
        => world.Controller.TryGetNetwork(name, out INetwork? network) ? network.DeleteAsync() : Task.CompletedTask;
}
