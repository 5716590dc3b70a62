using System.Net;
using System.Text;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Overlay;
using LibNetwork.Stores;
using LibNetwork.Stores.Sqlite;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

/// <summary>A controller with all built-in drivers on a host of its own. Kernel, store and IPAM can be made to fail.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly Action<DnsResolverOptions>? _dns;
    private readonly FaultInjector? _faults;
    private readonly INetworkDriver[] _drivers;
    private readonly bool _reconciles;
    private readonly Action<OverlayDriverOptions>? _overlay;
    private bool _isStopped;
    private ServiceProvider _services = null!;   // Start sets it

    private World(
        TestHost host, FaultInjector? faults, INetworkDriver[] drivers, string? storePath, bool reconciles = false, Action<DnsResolverOptions>? dns = null,
        Action<LibNetworkOptions>? configure = null, Action<OverlayDriverOptions>? overlay = null)
    {
        _overlay = overlay;
        Configure = configure;
        _dns = dns;
        Host = host;
        _reconciles = reconciles;
        _faults = faults;
        _drivers = drivers;
        StorePath = storePath;
        Controller = Start(store: null);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestHost Host { get; }

    public string? StorePath { get; }

    /// <summary>The host's resolv.conf; there is none at first.</summary>
    public string ResolvConfPath => Path.Combine(Host.Folder, "resolv.conf");

    public INetworkController Controller { get; private set; }

    /// <summary>Whether a restart after which the store has lost its state puts on record what lives.</summary>
    public bool Rebuilds { get; set; } = true;

    /// <summary>Further settings, which hold from the next restart on.</summary>
    public Action<LibNetworkOptions>? Configure { get; set; }

    public INetworkFirewall Firewall => _services.GetRequiredService<INetworkFirewall>();

    /// <summary>The peers of overlay networks, in a world that has them.</summary>
    public IOverlayPeers Peers => _services.GetRequiredService<IOverlayPeers>();

    /// <summary>The keys of encrypted overlay networks.</summary>
    public IOverlayKeys Keys => _services.GetRequiredService<IOverlayKeys>();

    public IOverlayDiagnosis Paths => _services.GetRequiredService<IOverlayDiagnosis>();

    public INetworkStore Store => _services.GetRequiredService<INetworkStore>();

    /// <summary>The pools and addresses that IPAM has given out.</summary>
    public IEnumerable<string> HeldAddresses => _services.GetServices<IIpamDriver>().Cast<FaultyIpamDriver>().SelectMany(driver => driver.Held);

    public static async Task<World> CreateAsync(FaultInjector? faults = null, params INetworkDriver[] drivers)
        => new(await TestHost.CreateAsync(forwards: faults is not null), faults, drivers, storePath: null);

    /// <summary>A world with other settings of its resolvers.</summary>
    public static async Task<World> CreateResolvingAsync(Action<DnsResolverOptions>? dns = null)
        => new(await TestHost.CreateAsync(), faults: null, [], storePath: null, dns: dns);

    /// <summary>A world that puts back what others remove, or, to see that it is needed, one that does not.</summary>
    public static async Task<World> CreateReconcilingAsync(bool reconciles = true)
        => new(await TestHost.CreateAsync(), faults: null, [], storePath: null, reconciles);

    /// <summary>A world with other settings.</summary>
    /// <param name="configure">The settings.</param>
    /// <param name="prepare">What is on the host before the controller starts.</param>
    /// <param name="faults">What can fail.</param>
    public static async Task<World> CreateConfiguredAsync(
        Action<LibNetworkOptions> configure, Func<TestHost, Task>? prepare = null, FaultInjector? faults = null)
    {
        TestHost host = await TestHost.CreateAsync(forwards: faults is not null);
        await (prepare?.Invoke(host) ?? Task.CompletedTask);
        return new World(host, faults, [], storePath: null, configure: configure);
    }

    /// <summary>A world on a host that there is already, with the overlay driver.</summary>
    /// <param name="host">The host; it goes with the world.</param>
    /// <param name="overlay">The driver's settings.</param>
    /// <param name="faults">What can fail.</param>
    /// <param name="reconciles">Whether it puts back what others remove.</param>
    /// <param name="isDurable">Whether its state is in a file.</param>
    public static World CreateOn(TestHost host, Action<OverlayDriverOptions> overlay, FaultInjector? faults = null, bool reconciles = false, bool isDurable = false)
        => new(host, faults, [], isDurable ? Path.Combine(host.Folder, "state.db") : null, reconciles, overlay: overlay);

    /// <summary>A world whose state is in a file.</summary>
    public static async Task<World> CreateDurableAsync()
    {
        TestHost host = await TestHost.CreateAsync();
        return new World(host, faults: null, [], Path.Combine(host.Folder, "state.db"));
    }

    /// <summary>Ends the process's part, as a restart does, and begins anew on the same host and the same store.</summary>
    /// <param name="meanwhile">What happens in between.</param>
    /// <param name="cancellation">Cancels the restoring.</param>
    /// <param name="scope">What is needed; <see langword="null"/> for everything.</param>
    public async Task<RestoreReport> RestartAsync(Func<Task>? meanwhile = null, CancellationTokenSource? cancellation = null, RestoreScope? scope = null)
    {
        INetworkStore store = Store;
        await _services.DisposeAsync();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        Controller = Start(StorePath is null ? store : null);
        return scope is null
            ? await Controller.RestoreAsync(cancellation?.Token ?? Cancel)
            : await ((IScopedController)Controller).RestorePartAsync(scope, cancellation?.Token ?? Cancel);
    }

    /// <summary>Empties a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="saysSo">Whether it says that it lost its state.</param>
    public static async Task ForgetAllAsync(INetworkStore store, bool saysSo)
    {
        await store.TryCommitAsync(new StoreTransaction { Deletes = [.. (await store.ListAsync(string.Empty, Cancel)).Select(entry => entry.Key)] }, Cancel);
        if (saysSo)
        {
            await store.TryCommitAsync(new StoreTransaction { Puts = [(LostState.Key, Encoding.UTF8.GetBytes("/set/aside"))] }, Cancel);
        }
    }

    /// <summary>Ends the process's part; the kernel stays as it is.</summary>
    public ValueTask StopAsync()
    {
        _isStopped = true;
        return _services.DisposeAsync();
    }

    public Task<INetwork> NetworkAsync(string name, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        NetworkSpec spec = new() { Name = name, EnableIPv6 = true };
        return Controller.CreateNetworkAsync(change?.Invoke(spec) ?? spec, Cancel);
    }

    public Task<ISandbox> SandboxAsync(string container) => Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = container }, Cancel);

    /// <summary>Works on the host's kernel beside the controller, or in a sandbox's namespace.</summary>
    public async Task InKernelAsync(Action<KernelSession> work, string? namespacePath = null)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = namespacePath ?? Host.NamespacePath });
        await kernel.RunAsync(
            static (session, act) =>
            {
                act(session);
                return true;
            },
            work,
            Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ISandbox sandbox in _isStopped ? [] : Controller.Sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await _services.DisposeAsync();
        Host.Dispose();
    }

    private INetworkController Start(INetworkStore? store)
    {
        ServiceCollection services = new();
        ILibNetworkBuilder builder = services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = Host.NamespacePath;
            options.RunDirectory = Host.RunDirectory;
            options.KernelObserver = _faults;
            options.ResolvConfPath = ResolvConfPath;
            _dns?.Invoke(options.Dns);
            options.Reconcile = _reconciles;
            options.RebuildLostState = Rebuilds;
            Configure?.Invoke(options);
        }).AddBridgeDriver().AddHostDriver().AddNullDriver().AddMacvlanDriver().AddIpvlanDriver();
        builder.AddOverlayDriver(_overlay ?? (static options => options.AdvertiseAddress = IPAddress.Parse(TestHost.HostIPv4)));
        if (StorePath is not null)
        {
            builder.AddSqliteStore(StorePath, static options => options.WhenDamaged = DamagedStore.SetAside);
        }

        foreach (INetworkDriver driver in _drivers)
        {
            services.AddSingleton(driver);
        }

        services.Wrap<INetworkStore>(fresh => store ?? new FaultyStore(fresh, _faults ?? new FaultInjector()));
        services.Wrap<IIpamDriver>(driver => new FaultyIpamDriver(driver, _faults ?? new FaultInjector()));
        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<INetworkController>();
    }
}
