using System.Net;
using LibNetwork.Reconciliation;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Two containers on a network, with a reader of the controller's events and disturbers on the host and inside.</summary>
internal sealed class ReconciliationScene : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = Waiting.Patience;
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(800);   // what is repaired at all is repaired within less

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly List<RepairEvent> _events = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    private ReconciliationScene(World world, INetwork network, ISandbox one, ISandbox two)
    {
        World = world;
        Network = network;
        One = one;
        Two = two;
        Host = Disturber.In(world.Host.NamespacePath);
        Inside = Disturber.In(one.NamespacePath);
        IAsyncEnumerator<ControllerEvent> events = world.Controller.WatchEvents().GetAsyncEnumerator(_stop.Token);
        _reading = ReadAsync(events);
    }

    public World World { get; }

    public INetwork Network { get; }

    public ISandbox One { get; }

    public ISandbox Two { get; }

    public Disturber Host { get; }

    public Disturber Inside { get; }

    public string Bridge => $"br-{Network.Id.Value[..12]}";

    public IReadOnlyList<RepairEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The host's end of the first container's cable.</summary>
    public async Task<string> PortAsync()
    {
        IReadOnlyList<string> names = await Host.ReadAsync(static session => session.Route.DumpLinks()
            .Where(static link => link is { Kind: "veth", Group: 0 } && link.Name.StartsWith("veth", StringComparison.Ordinal)).Select(static link => link.Name).ToArray());
        return names.Single(name => Network.GetEndpoint("one").Id.Value.StartsWith(name["veth".Length..], StringComparison.Ordinal));
    }

    public static async Task<ReconciliationScene> CreateAsync(bool reconciles = true) => await CreateAsync(await World.CreateReconcilingAsync(reconciles));

    public static async Task<ReconciliationScene> CreateAsync(World world)
    {
        INetwork network = await world.NetworkAsync("web", static spec => spec with { Options = new Dictionary<string, string> { [NetworkLabels.Mtu] = "1400" } });
        ISandbox one = await world.SandboxAsync("one");
        ISandbox two = await world.SandboxAsync("two");
        await world.AttachAsync(network, "one", "8080:80/tcp");
        await network.AttachAsync(two, new EndpointSpec { Name = "two" }, cancellationToken: World.Cancel);
        return new ReconciliationScene(world, network, one, two);
    }

    /// <summary>Waits until the kernel is as it should be.</summary>
    public async Task AssertHealsAsync()
    {
        using CancellationTokenSource limit = new(Deadline);
        Diagnosis diagnosis = await World.Controller.DiagnoseAsync(World.Cancel);
        while (diagnosis.Findings.Count > 0 && !limit.IsCancellationRequested)
        {
            await Task.Delay(Glance, World.Cancel);
            diagnosis = await World.Controller.DiagnoseAsync(World.Cancel);
        }

        Assert.Empty(diagnosis.Failures);
        Assert.True(diagnosis.Findings.Count == 0, $"{string.Join('\n', diagnosis.Findings)}\nafter\n{string.Join('\n', Events)}");
    }

    public async Task<RepairEvent> AwaitEventAsync(Func<RepairEvent, bool> which)
    {
        using CancellationTokenSource limit = new(Deadline);
        while (!limit.IsCancellationRequested)
        {
            if (Events.FirstOrDefault(which) is { } found)
            {
                return found;
            }

            await Task.Delay(Glance, World.Cancel);
        }

        throw new InvalidOperationException($"No such event; there were: {string.Join('\n', Events)}");
    }

    /// <summary>
    /// The containers reach each other and the outside, by IPv4 and IPv6, under the host's address; the outside and the host reach what is published.
    /// </summary>
    public async Task AssertConnectedAsync()
    {
        await using (EchoServer server = EchoServer.Start(One.OpenSocket, 80, "one"))
        {
            Assert.Equal($"one to {TestHost.OutsideIPv4}", await Asker.TcpAsync(World.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080));
            Assert.StartsWith("one to", await Asker.TcpAsync(World.Host.Namespace.OpenSocket, "127.0.0.1", 8080), StringComparison.Ordinal);
        }

        EndpointState two = Network.GetEndpoint("two").State;
        EndpointState one = Network.GetEndpoint("one").State;

        Assert.Equal(one.IPv4?.Address, await SendAsync(One, Two.OpenSocket, two.IPv4!.Value.Address));   // the network has both families
        Assert.Equal(one.IPv6?.Address, await SendAsync(One, Two.OpenSocket, two.IPv6!.Value.Address));
        Assert.Equal(IPAddress.Parse(TestHost.HostIPv4), await SendAsync(One, World.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4)));
        Assert.Equal(IPAddress.Parse(TestHost.HostIPv6), await SendAsync(One, World.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv6)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
        await Host.DisposeAsync();
        await Inside.DisposeAsync();
        await World.DisposeAsync();
    }

    private static Task<IPAddress?> SendAsync(
        ISandbox from, Func<System.Net.Sockets.AddressFamily, System.Net.Sockets.SocketType, System.Net.Sockets.ProtocolType, System.Net.Sockets.Socket> to, IPAddress address)
        => Traffic.SendAsync(from.OpenSocket, to, address, Deadline);

    private async Task ReadAsync(IAsyncEnumerator<ControllerEvent> events)
    {
        await using (events)
        {
            try
            {
                while (await events.MoveNextAsync())
                {
                    if (events.Current is RepairEvent repair)
                    {
                        lock (_events)
                        {
                            _events.Add(repair);
                        }
                    }
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The scene is over.
            }
        }
    }
}
