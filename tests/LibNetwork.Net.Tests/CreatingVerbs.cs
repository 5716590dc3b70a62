using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A verb that makes or changes something, in a situation.</summary>
/// <param name="Verb">Interface and method.</param>
/// <param name="Prepare">Makes what is there before.</param>
/// <param name="Act">The verb.</param>
/// <param name="Undo">Takes back what the verb did when it succeeded; where nothing can, <see langword="null"/>.</param>
internal sealed record CreatingVerb(string Verb, Func<World, Task> Prepare, Func<World, CancellationToken, Task> Act, Func<World, Task>? Undo)
{
    /// <summary>Whether what is joined before is joined again.</summary>
    public bool Rejoins { get; init; }
}

/// <summary>The verbs that make or change something, by a sentence about the situation.</summary>
internal static class CreatingVerbs
{
    private static CancellationToken Cancel => World.Cancel;

    public static IReadOnlyDictionary<string, CreatingVerb> All { get; } = new Dictionary<string, CreatingVerb>
    {
        ["the first network is created"] = CreateNetwork(static _ => Task.CompletedTask, "web"),
        ["a network is created beside another"] = CreateNetwork(static world => world.NetworkAsync("db", WithoutIcc), "web"),
        ["a network without ICC is created"] = CreateNetwork(static world => world.NetworkAsync("db"), "closed"),
        ["a network is planned"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.PlanAsync)}",
            static world => world.NetworkAsync("db"),
            static (world, token) => world.Controller.PlanAsync(new NetworkSpec { Name = "web", EnableIPv6 = true }, token),
            static _ => Task.CompletedTask),
        ["an attachment is planned"] = new(
            $"{nameof(INetwork)}.{nameof(INetwork.PlanAttachAsync)}",
            static async world =>
            {
                await AttachAsync(world, "db");
                await world.NetworkAsync("web");
            },
            static (world, token) => world.Controller.GetNetwork("web").PlanAttachAsync(world.Controller.GetSandbox("c"), WithPorts("8080:80"), cancellationToken: token),
            static _ => Task.CompletedTask),
        ["a template is created"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.CreateNetworkAsync)}",
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "base", ConfigOnly = true, EnableIPv6 = true }, token),
            static world => world.Controller.GetNetwork("base").DeleteAsync(Cancel)),
        ["a network is created from a template"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.CreateNetworkAsync)}",
            static world => world.NetworkAsync("base", static spec => WithoutIcc(spec) with { ConfigOnly = true }),
            static (world, token) => world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", ConfigFrom = "base" }, token),
            static world => world.Controller.GetNetwork("web").DeleteAsync(Cancel)),
        ["a sandbox is created"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.CreateSandboxAsync)}",
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c" }, token),
            static world => world.Controller.DeleteSandboxAsync("c", Cancel)),
        ["a sandbox in the host's namespace is created"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.CreateSandboxAsync)}",
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c", UseHostNamespace = true }, token),
            static world => world.Controller.DeleteSandboxAsync("c", Cancel)),
        ["an endpoint is created"] = new(
            $"{nameof(INetwork)}.{nameof(INetwork.CreateEndpointAsync)}",
            static world => world.NetworkAsync("web"),
            static (world, token) => world.Controller.GetNetwork("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }, token),
            static world => world.Endpoint("web").DeleteAsync(cancellationToken: Cancel)),
        ["an endpoint joins"] = Join(
            static async world =>
            {
                await world.NetworkAsync("closed", WithoutIcc);
                await world.SandboxAsync("c");
                await world.Controller.GetNetwork("closed").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
            },
            "closed"),
        ["an endpoint with sysctls joins"] = Join(
            static world => PrepareSysctlAsync(world, "net.ipv4.conf.IFNAME.log_martians=1"), "web"),
        ["an endpoint joins and becomes the gateway instead of another"] = Join(
            static async world =>
            {
                await AttachAsync(world, "db");
                await world.NetworkAsync("web");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
            },
            "web"),
        ["an endpoint with ports joins"] = Join(
            static async world =>
            {
                await world.NetworkAsync("web", static spec => spec with { EnableIPv6 = false });
                await world.SandboxAsync("c");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(WithPorts("8080:80", "8000-8002:81", "53/udp", "7000-7002:7000-7002"), Cancel);
            },
            "web"),
        ["an endpoint with ports joins and takes them over from another"] = Join(
            static async world =>
            {
                INetwork db = await world.NetworkAsync("db");
                await db.AttachAsync(await world.SandboxAsync("c"), WithPorts("8080:80", "53/udp"), cancellationToken: Cancel);
                await world.NetworkAsync("web");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(WithPorts("8080:80", "53/udp"), Cancel);
            },
            "web"),
        ["an endpoint joins that needs the automatic gateway network"] = Join(
            static async world =>
            {
                await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "overlay", Driver = "fake" }, Cancel);
                await world.SandboxAsync("c");
                await world.Controller.GetNetwork("overlay").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
            },
            "overlay"),
        ["an endpoint joins that ends the need for the automatic gateway network"] = Join(
            static async world =>
            {
                await world.NetworkAsync("web");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
                await AttachAsync(world, "overlay", spec => spec with { Driver = "fake", EnableIPv6 = false });
            },
            "web") with { Undo = null },
        ["an endpoint joins whose sysctls take its IPv6 address away"] = Join(
            static world => PrepareSysctlAsync(world, "net.ipv6.conf.IFNAME.disable_ipv6=1"), "web") with { Undo = null },
        ["an endpoint is attached"] = new(
            $"{nameof(INetwork)}.{nameof(INetwork.AttachAsync)}",
            static async world =>
            {
                await world.NetworkAsync("closed", WithoutIcc);
                await world.SandboxAsync("c");
            },
            static (world, token) => world.Controller.GetNetwork("closed").AttachAsync(
                world.Controller.GetSandbox("c"), new EndpointSpec { Name = "e" }, cancellationToken: token),
            static world => world.Endpoint("closed").DeleteAsync(force: true, Cancel)),
        ["the DNS names of an endpoint are replaced"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.UpdateDnsNamesAsync)}",
            static world => AttachAsync(world, "web"),
            static (world, token) => world.Endpoint("web").UpdateDnsNamesAsync(["new"], token),
            static world => world.Endpoint("web").UpdateDnsNamesAsync([], Cancel)),
        ["an endpoint with ports is renamed"] = new(
            $"{nameof(IEndpoint)}.{nameof(IEndpoint.RenameAsync)}",
            static async world => await (await world.NetworkAsync("web")).AttachAsync(
                await world.SandboxAsync("c"), WithPorts("8080:80") with { DnsNames = ["id", "E"] }, cancellationToken: Cancel),
            static (world, token) => world.Endpoint("web").RenameAsync("new", token),
            static async world =>
            {
                await world.Controller.GetNetwork("web").GetEndpoint("new").RenameAsync("e", Cancel);
                await world.Endpoint("web").UpdateDnsNamesAsync(["id", "E"], Cancel);
            }),
        ["all endpoints of a sandbox are renamed"] = new(
            $"{nameof(ISandbox)}.{nameof(ISandbox.RenameAsync)}",
            static async world =>
            {
                await AttachAsync(world, "db");
                await AttachAsync(world, "overlay", spec => spec with { Driver = "fake", EnableIPv6 = false });
                await AttachAsync(world, "web");
            },
            static (world, token) => world.Controller.GetSandbox("c").RenameAsync("new", token),
            static world => world.Controller.GetSandbox("c").RenameAsync("e", Cancel)),
        ["a sandbox is refreshed"] = new(
            $"{nameof(ISandbox)}.{nameof(ISandbox.RefreshAsync)}",
            static async world =>
            {
                await AttachAsync(world, "closed", WithoutIcc);
                await (await world.NetworkAsync("web")).AttachAsync(world.Controller.GetSandbox("c"), WithPorts("8080:80") with { DnsNames = ["e"] }, cancellationToken: Cancel);
                await AttachAsync(world, "overlay", spec => spec with { Driver = "fake", EnableIPv6 = false });
            },
            static (world, token) => world.Controller.GetSandbox("c").RefreshAsync(
                new SandboxChange { Dns = new SandboxDns { KeepsUndottedNames = true }, Options = new Dictionary<string, string> { ["label"] = "new" } }, token),
            static world => world.Controller.GetSandbox("c").RefreshAsync(
                new SandboxChange { Dns = new SandboxDns(), Options = new Dictionary<string, string>() }, Cancel))
        {
            Rejoins = true,
        },
        ["a sandbox that needs the automatic gateway network is refreshed"] = new(
            $"{nameof(ISandbox)}.{nameof(ISandbox.RefreshAsync)}",
            static world => AttachAsync(world, "overlay", spec => spec with { Driver = "fake", EnableIPv6 = false }),
            static (world, token) => world.Controller.GetSandbox("c").RefreshAsync(cancellationToken: token),
            Undo: null)
        {
            Rejoins = true,
        },
        ["the first endpoint of an overlay network joins"] = Join(
            static async world =>
            {
                await world.NetworkAsync("tunnels", Overlay);
                await world.SandboxAsync("c");
                await world.Controller.GetNetwork("tunnels").CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
            },
            "tunnels"),
        ["an overlay network is created"] = new(
            $"{nameof(INetworkController)}.{nameof(INetworkController.CreateNetworkAsync)}",
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateNetworkAsync(Overlay(new NetworkSpec { Name = "tunnels", EnableIPv6 = true }), token),
            static world => world.Controller.GetNetwork("tunnels").DeleteAsync(Cancel)),
        ["an endpoint with a policy joins"] = Join(
            static async world =>
            {
                await world.NetworkAsync("web");
                await world.SandboxAsync("c");
                await world.Controller.GetNetwork("web").CreateEndpointAsync(new EndpointSpec { Name = "e", Egress = Policy }, Cancel);
            },
            "web"),
        ["an endpoint gets a policy"] = UpdateEgress(null, Policy),
        ["an endpoint's policy is replaced"] = UpdateEgress(EgressPolicy.Allow("192.0.2.0/24:80-90", "www.example.org"), Policy),
        ["an endpoint's policy is taken away"] = UpdateEgress(Policy, null),
    };

    private static EgressPolicy Policy => EgressPolicy.Allow("192.0.2.0/24:80", "*.example.org:443");

    public static NetworkSpec WithoutIcc(NetworkSpec spec)
        => spec with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" } };

    /// <summary>An internal network, whose MTU is given so that nothing follows the host's routes beside the verb.</summary>
    public static NetworkSpec Overlay(NetworkSpec spec) => spec with
    {
        Driver = "overlay",
        Internal = true,
        Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24") }, new PoolSpec { Subnet = Subnet.Parse("10.10.0.0/24") }, new PoolSpec { Subnet = Subnet.Parse("fd00:9::/64") }],
        Options = new Dictionary<string, string> { [NetworkLabels.Mtu] = "1500" },
    };

    /// <summary>Puts sandbox <c>c</c>, made when it is not there, on a new network.</summary>
    public static async Task AttachAsync(World world, string network, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        INetwork made = await world.NetworkAsync(network, change);
        ISandbox sandbox = world.Controller.Sandboxes.SingleOrDefault() ?? await world.SandboxAsync("c");
        await made.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
    }

    public static EndpointSpec WithPorts(params string[] ports) => new() { Name = "e", PortBindings = [.. ports.Select(PortBinding.Parse)] };

    public static IEndpoint Endpoint(this World world, string network) => world.Controller.GetNetwork(network).GetEndpoint("e");

    private static async Task PrepareSysctlAsync(World world, string sysctl)
    {
        INetwork network = await world.NetworkAsync("web");
        await world.SandboxAsync("c");
        await network.CreateEndpointAsync(
            new EndpointSpec { Name = "e", Options = new Dictionary<string, string> { [NetworkLabels.Sysctls] = sysctl } }, Cancel);
    }

    private static CreatingVerb CreateNetwork(Func<World, Task> prepare, string name) => new(
        $"{nameof(INetworkController)}.{nameof(INetworkController.CreateNetworkAsync)}",
        prepare,
        (world, token) =>
        {
            NetworkSpec spec = new() { Name = name, EnableIPv6 = true };
            return world.Controller.CreateNetworkAsync(name == "closed" ? WithoutIcc(spec) : spec, token);
        },
        world => world.Controller.GetNetwork(name).DeleteAsync(Cancel));

    private static CreatingVerb UpdateEgress(EgressPolicy? before, EgressPolicy? after) => new(
        $"{nameof(IEndpoint)}.{nameof(IEndpoint.UpdateEgressAsync)}",
        async world =>
        {
            await AttachAsync(world, "web");
            await world.Endpoint("web").UpdateEgressAsync(before, Cancel);
        },
        (world, token) => world.Endpoint("web").UpdateEgressAsync(after, token),
        world => world.Endpoint("web").UpdateEgressAsync(before, Cancel));

    private static CreatingVerb Join(Func<World, Task> prepare, string network) => new(
        $"{nameof(IEndpoint)}.{nameof(IEndpoint.JoinAsync)}",
        prepare,
        (world, token) => world.Endpoint(network).JoinAsync(world.Controller.GetSandbox("c"), new JoinOptions { GatewayPriority = 1 }, token),
        world => world.Endpoint(network).LeaveAsync(world.Controller.GetSandbox("c"), Cancel));
}
