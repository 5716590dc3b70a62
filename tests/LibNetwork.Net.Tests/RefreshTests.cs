using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A sandbox whose endpoints leave and join again in the same namespace.</summary>
[Trait("Category", "Kernel")]
public sealed class RefreshTests
{
    private const int Stride = 3;   // each step of a real process is looked at elsewhere, by killing it

    private static readonly string[] Networks = ["front", "back"];

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "CN-35")]
    public async Task Everything_is_joined_again_as_it_was_in_the_same_namespace()
    {
        await using World world = await World.CreateAsync();
        ISandbox sandbox = await PrepareAsync(world);
        using Socket kept = sandbox.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        kept.Bind(new IPEndPoint(IPAddress.Any, 4000));
        IReadOnlyList<string> before = await WorldSnapshot.TakeWithoutCableNamesAsync(world);
        string file = NamespaceOf(sandbox);

        await sandbox.RefreshAsync(cancellationToken: Cancel);

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeWithoutCableNamesAsync(world), "a refresh");
        Assert.Equal(file, NamespaceOf(sandbox));
        ISandbox other = world.Controller.GetSandbox("other");
        using Socket sender = other.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        IPAddress address = world.Controller.GetNetwork("front").GetEndpoint("c").State.IPv4!.Value.Address;
        await sender.SendToAsync(new byte[] { 42 }, new IPEndPoint(address, 4000), Cancel);
        byte[] buffer = new byte[1];
        Assert.Equal(1, await kept.ReceiveAsync(buffer.AsMemory(), Cancel).AsTask().WaitAsync(Waiting.Patience, Cancel));   // a socket of before
        Assert.NotEmpty((await new DnsClient(other.OpenSocket).AskAsync("c")).Answers);
    }

    [Fact, Trait("Feature", "CN-35")]
    public async Task Other_settings_hold_from_then_on_and_after_a_restart()
    {
        await using World world = await World.CreateAsync();
        ISandbox sandbox = await PrepareAsync(world);
        await using FakeDnsServer first = Outside(world, 5301, "203.0.113.1"), second = Outside(world, 5302, "203.0.113.2");
        DnsClient client = new(sandbox.OpenSocket);
        Assert.Equal(["203.0.113.1"], (await client.AskAsync("www.example")).Data);

        await sandbox.RefreshAsync(new SandboxChange { Dns = Servers(5302) with { SearchDomains = ["corp"] }, Options = new Dictionary<string, string> { ["label"] = "new" } }, Cancel);

        Assert.Equal(["203.0.113.2"], (await client.AskAsync("www.example")).Data);
        Assert.NotEmpty((await client.AskAsync("other.corp")).Answers);
        Assert.Equal(["corp"], sandbox.State.Dns.SearchDomains);
        await world.RestartAsync();
        Assert.Equal(["203.0.113.2"], (await new DnsClient(world.Controller.GetSandbox("c").OpenSocket).AskAsync("www.example")).Data);

        await world.Controller.GetSandbox("c").RefreshAsync(new SandboxChange { Dns = new SandboxDns { IsEnabled = false } }, Cancel);
        await Assert.ThrowsAsync<SocketException>(() => new DnsClient(world.Controller.GetSandbox("c").OpenSocket).TryAskAsync("www.example"));
        await world.Controller.GetSandbox("c").RefreshAsync(new SandboxChange { Dns = Servers(5301) }, Cancel);
        Assert.Equal(["203.0.113.1"], (await new DnsClient(world.Controller.GetSandbox("c").OpenSocket).AskAsync("www.example")).Data);
    }

    [Fact, Trait("Feature", "CN-35")]
    public async Task The_next_process_finishes_what_one_had_begun()
    {
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        await PrepareAsync(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeWithoutCableNamesAsync(world);
        int found = 0;
        for (int target = 0; ; target += Stride)
        {
            // From this point on nothing works any more, the roll-back neither: as if the process had ended.
            faults.Arm(target, lasts: true);
            await Record.ExceptionAsync(() => world.Controller.GetSandbox("c").RefreshAsync(cancellationToken: Cancel));
            bool isHit = faults.Hit is not null;
            faults.Arm();
            found += Networks.Count(name => world.Controller.GetNetwork(name).GetEndpoint("c").State.SandboxId is null);

            RestoreReport report = await world.RestartAsync();

            Assert.Empty(report.Failures);
            WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeWithoutCableNamesAsync(world), $"an end at point {target}");
            if (!isHit)
            {
                break;
            }
        }

        Assert.NotEqual(0, found);   // there were endpoints that had left
    }

    [Fact, Trait("Feature", "CN-35")]
    public async Task One_at_a_time()
    {
        await using World world = await World.CreateAsync();
        ISandbox sandbox = await PrepareAsync(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeWithoutCableNamesAsync(world);

        Exception?[] ends = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Record.ExceptionAsync(() => sandbox.RefreshAsync(cancellationToken: Cancel)), Cancel)));

        Assert.Contains(null, ends);
        Assert.All(ends.OfType<Exception>(), refused => Assert.Equal(NetworkErrorKind.Forbidden, Assert.IsType<NetworkException>(refused).Kind));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeWithoutCableNamesAsync(world), "refreshes");
        await sandbox.DeleteAsync(Cancel);
        NetworkException gone = await Assert.ThrowsAsync<NetworkException>(() => sandbox.RefreshAsync(cancellationToken: Cancel));
        Assert.Equal(NetworkErrorKind.NotFound, gone.Kind);
    }

    private static async Task<ISandbox> PrepareAsync(World world)
    {
        ISandbox sandbox = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c", Dns = Servers(5301) }, Cancel);
        ISandbox other = await world.SandboxAsync("other");
        foreach (string name in Networks)
        {
            INetwork network = await world.NetworkAsync(name);
            await network.AttachAsync(
                sandbox,
                new EndpointSpec { Name = "c", DnsNames = ["c"], PortBindings = [PortBinding.Parse(name == "front" ? "8080:80" : "80")] },
                new JoinOptions { GatewayPriority = name == "front" ? 0 : 5 },
                Cancel);
            await network.AttachAsync(other, new EndpointSpec { Name = "other", DnsNames = ["other"] }, cancellationToken: Cancel);
        }

        return sandbox;
    }

    private static string NamespaceOf(ISandbox sandbox)
    {
        using LibNetwork.Linux.Namespaces.NetworkNamespace open = LibNetwork.Linux.Namespaces.NetworkNamespace.Open(sandbox.NamespacePath);
        return open.Identity.ToString();
    }

    private static SandboxDns Servers(int port) => new() { Servers = [new DnsServer(new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), port))] };

    private static FakeDnsServer Outside(World world, int port, string address)
        => new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, port), FakeDnsServer.Always(address));
}
