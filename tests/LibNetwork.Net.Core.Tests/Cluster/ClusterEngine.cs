using System.Collections.Concurrent;
using LibNetwork.Cluster;
using LibNetwork.Controller;
using LibNetwork.Drivers;
using LibNetwork.Stores;
using LibNetwork.Testing;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using ClusterNode = LibNetwork.Cluster.ClusterNode;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>
/// One host of a cluster with a whole controller, on a fake kernel and fake drivers. Its connection can be cut, and its process can die and begin
/// again; what is the host's own survives that.
/// </summary>
internal sealed class ClusterEngine : IAsyncDisposable
{
    public const string Driver = "wide", LocalDriver = "narrow";

    private readonly SharedStore _store;
    private readonly TimeProvider _time;
    private readonly FakeKernel _kernel = new();
    private ServiceProvider? _process;
    private Task _listening = Task.CompletedTask;

    public ClusterEngine(SharedStore store, TimeProvider time, string name) => (_store, _time, Name) = (store, time, name);

    public string Name { get; }

    /// <summary>The host's own store.</summary>
    public InMemoryNetworkStore Own { get; } = new();

    /// <summary>Where writes to the host's own store can fail, and to the one that hosts share.</summary>
    public FaultInjector Faults { get; } = new();

    public SharedStoreConnection Connection { get; private set; } = null!;   // set at the start

    public INetworkController Controller { get; private set; } = null!;   // set at the start

    public ClusterNode Node { get; private set; } = null!;   // set at the start

    public FakeNetworkDriver Networks { get; private set; } = null!;   // set at the start

    /// <summary>The driver that networks of all hosts have here; another one than usual must have the same name.</summary>
    public Func<INetworkDriver>? MakeDriver { get; set; }

    /// <summary>What the controller has told about networks of the cluster, since the host is there.</summary>
    public ConcurrentQueue<ClusterNetworkEvent> Told { get; } = new();

    public async Task<RestoreReport> StartAsync()
    {
        Connection = _store.Connect();
        Networks = new FakeNetworkDriver(Driver) { Capabilities = new DriverCapabilities { DataScope = NetworkScope.Global, BuildsEndpoints = false } };
        ServiceCollection services = new();
        services.AddSingleton(_time);
        services.AddSingleton<INetworkStore>(new FaultyStore(Own, Faults));
        services.AddSingleton<ILeasingStore>(new FaultyLeasingStore(Connection, Faults));
        services.AddSingleton(MakeDriver?.Invoke() ?? Networks);
        services.AddSingleton<INetworkDriver>(new FakeNetworkDriver(LocalDriver));
        services.AddLibNetwork().AddFakeKernel(_kernel).AddCluster(options =>
            (options.NodeName, options.NodeId, options.PresenceDuration, options.HoldingDuration) = (Name, new NodeId(Name), ClusterHost.Presence, ClusterHost.Holding));
        _process = services.BuildServiceProvider();
        Controller = _process.GetRequiredService<INetworkController>();
        Node = _process.GetRequiredService<ClusterNode>();
        _listening = ListenAsync(Controller.WatchEvents().GetAsyncEnumerator());
        return await Controller.RestoreAsync();
    }

    /// <summary>The process dies without a word.</summary>
    public async Task EndAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            Connection.Cut();
            await process.DisposeAsync();
            await _listening;
            await Connection.DisposeAsync();
        }
    }

    public async Task<RestoreReport> RestartAsync()
    {
        await EndAsync();
        return await StartAsync();
    }

    public Task<INetwork> CreateAsync(string name, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        NetworkSpec spec = new() { Name = name, Driver = Driver };
        return Controller.CreateNetworkAsync(change?.Invoke(spec) ?? spec);
    }

    public INetwork? Find(string nameOrId) => Controller.TryGetNetwork(nameOrId, out INetwork? network) ? network : null;

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Own.DisposeAsync();
    }

    private async Task ListenAsync(IAsyncEnumerator<ControllerEvent> events)
    {
        await using (events)
        {
            while (await events.MoveNextAsync())
            {
                if (events.Current is ClusterNetworkEvent told)
                {
                    Told.Enqueue(told);
                }
            }
        }
    }
}
