using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Flows;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Networks of all kinds with a server on port 80 of each container, and flows between them that can be explained and tried.</summary>
/// <remarks>
/// <c>a</c> (ports 8080 on all addresses, 8081 on loopback), <c>b</c> and <c>u</c>, which is not guarded, on <c>web</c>; <c>d</c> on <c>db</c>; <c>i</c>, <c>j</c> on <c>closed</c>, which is
/// internal; <c>q</c>, <c>r</c> and <c>l</c>, which is linked to <c>q</c>, on <c>quiet</c>, where endpoints do not talk.
/// </remarks>
internal sealed class FlowScene : IAsyncDisposable
{
    private readonly List<(string Name, EchoServer Server)> _servers = [];

    private FlowScene(World world) => World = world;

    public delegate Socket Opener(AddressFamily family, SocketType type, ProtocolType protocol);

    public World World { get; }

    /// <summary>Makes a scene.</summary>
    /// <param name="bridgedPass">Whether bridged packets pass the rules of the IP stack too (br_netfilter).</param>
    public static async Task<FlowScene> CreateAsync(bool bridgedPass = true)
    {
        FlowScene scene = new(await World.CreateAsync());
        World world = scene.World;
        await world.WriteSysctlAsync("net/bridge/bridge-nf-call-iptables", bridgedPass ? "1" : "0");
        await world.WriteSysctlAsync("net/bridge/bridge-nf-call-ip6tables", bridgedPass ? "1" : "0");
        INetwork web = await world.NetworkAsync("web"), db = await world.NetworkAsync("db");
        INetwork closed = await world.NetworkAsync("closed", static spec => spec with { Internal = true });
        INetwork quiet = await world.NetworkAsync("quiet", static spec => spec with
        {
            EnableIPv6 = false, Options = new Dictionary<string, string> { [BridgeLabels.EnableInterContainer] = "false" },
        });
        await scene.AddAsync(web, "a", "8080:80/tcp", "8080:80/udp", "127.0.0.1:8081:80/tcp");
        await scene.AddAsync(web, "b");
        await web.AttachAsync(
            await world.SandboxAsync("u"),
            new EndpointSpec { Name = "u", Options = new Dictionary<string, string> { [BridgeLabels.SourceGuard] = "false" } },
            cancellationToken: World.Cancel);
        await scene.AddAsync(db, "d");
        await scene.AddAsync(closed, "i");
        await scene.AddAsync(closed, "j");
        await scene.AddAsync(quiet, "q");
        await scene.AddAsync(quiet, "r");
        await scene.AddLinkedAsync(quiet, "l", to: "q");
        return scene;
    }

    /// <summary>
    /// Adds networks whose endpoints can be reached from outside: <c>o</c> on <c>open</c>, which is not protected; <c>t</c> (port 8082) on
    /// <c>trusting</c>, which trusts the wire; <c>x</c> (port 80) on <c>routed</c>. The outside knows the way to all.
    /// </summary>
    public async Task AddReachableNetworksAsync()
    {
        await AddAsync(await NetworkAsync("open", BridgeLabels.GatewayModeIPv4, "nat-unprotected"), "o");
        await AddAsync(await NetworkAsync("trusting", BridgeLabels.TrustedHostInterfaces, TestHost.WireName), "t", "8082:80/tcp");
        await AddAsync(await NetworkAsync("routed", BridgeLabels.GatewayModeIPv4, "routed"), "x", "80/tcp");
        await World.RouteOutsideAsync("172.16.0.0/12", TestHost.HostIPv4);

        Task<INetwork> NetworkAsync(string name, string label, string value)
            => World.NetworkAsync(name, spec => spec with { EnableIPv6 = false, Options = new Dictionary<string, string> { [label] = value } });
    }

    /// <summary>Gives a sandbox a default route that it does not have.</summary>
    public async Task RouteInsideAsync(string name, string router)
    {
        await using Disturber inside = Disturber.In(World.Controller.GetSandbox(name).NamespacePath);
        await inside.RouteAsync(route => route.Batch.AddRoute(new RouteSpec
        {
            Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse(router), OutputInterface = Disturber.IndexOf(route, "eth0"),
        }));
    }

    /// <summary>Serves on port 7000 of the host.</summary>
    public Task ServeOnHostAsync()
    {
        _servers.Add(("host", EchoServer.Start(World.Host.Namespace.OpenSocket, 7000, "host")));
        return Task.CompletedTask;
    }

    public EndpointState Endpoint(string name)
        => World.Controller.Networks.SelectMany(static network => network.Endpoints).Single(endpoint => endpoint.Name == name).State;

    public string IPv4(string name) => Endpoint(name).IPv4!.Value.Address.ToString();   // all have it

    public string IPv6(string name) => Endpoint(name).IPv6!.Value.Address.ToString();   // the test asks only who has it

    /// <summary>How often a container's servers have been asked.</summary>
    public int Visits(string name) => _servers.Where(found => found.Name == name).Sum(static found => found.Server.Visits);

    public Task<FlowExplanation> ExplainAsync(FlowSource source, string destination, string port = "80/tcp")
        => World.Controller.ExplainAsync(new Flow { Source = source, Destination = IPAddress.Parse(destination), Port = TransportPort.Parse(port) }, World.Cancel);

    public FlowSource From(string name) => FlowSource.Endpoint(Endpoint(name).Id);

    public static FlowSource Outside(string address = TestHost.OutsideIPv4) => FlowSource.Outside(new InterfaceName(TestHost.WireName), IPAddress.Parse(address));

    /// <summary>Whether an echo server answers.</summary>
    public static async Task<bool> TryAsync(Opener open, string destination, string port, bool expected)
    {
        TransportPort target = TransportPort.Parse(port);
        return await (target.Protocol == TransportProtocol.Tcp
            ? Asker.TcpAsync(open.Invoke, destination, target.Number, expected)
            : Asker.UdpAsync(open.Invoke, destination, target.Number, expected)) is not null;
    }

    /// <summary>The index of a sandbox's interface.</summary>
    public async Task<int> IndexInsideAsync(string name)
    {
        await using Disturber inside = Disturber.In(World.Controller.GetSandbox(name).NamespacePath);
        return await inside.ReadAsync(static session => Disturber.IndexOf(session.Route, "eth0"));
    }

    /// <summary>Opens sockets as who begins a flow.</summary>
    public Opener OpenerOf(string who) => who switch
    {
        "host" => World.Host.Namespace.OpenSocket,
        "outside" => World.Host.Outside.OpenSocket,
        _ => World.Controller.GetSandbox(who).OpenSocket,
    };

    /// <summary>Gives a sandbox an address that is not its own, and opens sockets that are bound to it.</summary>
    public async Task<Opener> OpenerOfLiarAsync(string name, string address)
    {
        ISandbox sandbox = World.Controller.GetSandbox(name);
        await World.InKernelAsync(
            session =>
            {
                session.Route.Batch.AddAddress(Disturber.IndexOf(session.Route, "eth0"), IPAddress.Parse(address), 32);
                session.Route.Execute();
            },
            sandbox.NamespacePath);
        return Bound(sandbox, address);
    }

    /// <summary>Opens sockets that are bound to an address.</summary>
    public static Opener Bound(ISandbox sandbox, string address) => (family, type, protocol) =>
    {
        Socket socket = sandbox.OpenSocket(family, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    };

    public async ValueTask DisposeAsync()
    {
        foreach ((_, EchoServer server) in _servers)
        {
            await server.DisposeAsync();
        }

        await World.DisposeAsync();
    }

    private async Task AddAsync(INetwork network, string name, params string[] ports)
    {
        ISandbox sandbox = await World.SandboxAsync(name);
        EndpointSpec spec = new() { Name = name, PortBindings = [.. ports.Select(PortBinding.Parse)], ExposedPorts = [new TransportPort(80, TransportProtocol.Tcp)] };
        await network.AttachAsync(sandbox, spec, cancellationToken: World.Cancel);
        Serve(sandbox, name, network.State.EnableIPv6);
    }

    private async Task AddLinkedAsync(INetwork network, string name, string to)
    {
        ISandbox sandbox = await World.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = name, Options = new Dictionary<string, string> { [BridgeLabels.LinkChildren] = Endpoint(to).Id.Value } }, World.Cancel);
        await network.AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: World.Cancel);
    }

    private void Serve(ISandbox sandbox, string name, bool hasIPv6)
    {
        _servers.Add((name, EchoServer.Start(sandbox.OpenSocket, 80, name)));
        if (hasIPv6)
        {
            _servers.Add((name, EchoServer.Start(sandbox.OpenSocket, 80, name, AddressFamily.InterNetworkV6)));
        }
    }

}
