using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LibNetwork.Cluster;
using LibNetwork.Drivers;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Ipam.Host;
using LibNetwork.Linux;
using LibNetwork.ServiceDiscovery;
using LibNetwork.ServiceDiscovery.Listening;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>The controller of one host. Usable without a container of services: give it a kernel, drivers, IPAM drivers, a store.</summary>
public sealed partial class NetworkController : INetworkController
{
    private readonly ConcurrentDictionary<string, NetworkId> _networkNames = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<NetworkId, string> _networkIds = new();
    private readonly ConcurrentDictionary<NetworkId, Network> _networks = new();
    private readonly ConcurrentDictionary<string, SandboxId> _containers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SandboxId, Sandbox> _sandboxes = new();
    private readonly ConcurrentDictionary<string, INetworkDriver> _drivers;
    private readonly ConcurrentDictionary<string, IIpamDriver> _ipamDrivers;
    private readonly LibNetworkOptions _options;
    private readonly SemaphoreSlim _gatewayNetworkTurn = new(1, 1);
    private int _disposed;

    /// <summary>Makes a controller. It does not own what it is given.</summary>
    /// <param name="kernel">The host.</param>
    /// <param name="drivers">The network drivers, with different names.</param>
    /// <param name="ipamDrivers">The IPAM drivers, with different names.</param>
    /// <param name="store">Where state is kept.</param>
    /// <param name="firewall">The firewall that the drivers use.</param>
    /// <param name="options">The settings.</param>
    /// <param name="logger">The log.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">Two drivers have one name.</exception>
    public NetworkController(
        HostKernel kernel,
        IEnumerable<INetworkDriver> drivers,
        IEnumerable<IIpamDriver> ipamDrivers,
        INetworkStore store,
        INetworkFirewall firewall,
        LibNetworkOptions options,
        ILogger<NetworkController> logger,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _reconciles = options.Reconcile;
        RebuildsLostState = options.RebuildLostState;
        _drivers = new(drivers.ToDictionary(driver => driver.Name, StringComparer.Ordinal), StringComparer.Ordinal);
        _ipamDrivers = new(ipamDrivers.ToDictionary(driver => driver.Name, StringComparer.Ordinal), StringComparer.Ordinal);
        Services = new ControllerServices(
            kernel, store, firewall, new ResolverService(kernel, options.ResolvConfPath, options.Dns, firewall as IEgressFirewall, time, logger), time, logger, new EventStream(),
            Path.Combine(options.RunDirectory, "netns"), options.HostNamespacePath ?? "/proc/self/ns/net");
        if (options.AvoidHostRanges && !kernel.IsSubstitute)   // which does not tell of its changes
        {
            PoolCollisions collisions = new(Services.Events, time, logger);
            Services = Services with { HostRanges = new HostRangeWatch(options.RangesOf ?? kernel, new HostNameservers(options.ResolvConfPath, time), collisions, time, logger) };
        }

        StartHostResolver(options.Dns.HostListener);
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Drivers => [.. _drivers.Keys];

    /// <summary>Who is asked for drivers that are not registered, in order.</summary>
    /// <value>The default is nobody.</value>
    public IReadOnlyList<IDriverSource> DriverSources { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<INetwork> Networks => [.. _networks.Values];

    /// <inheritdoc/>
    public IReadOnlyCollection<ISandbox> Sandboxes => [.. _sandboxes.Values];

    internal ControllerServices Services { get; private init; }

    /// <summary>Endpoints on other nodes; <see langword="null"/> outside a cluster.</summary>
    internal ClusterEndpoints? Cluster
    {
        init => Services = Services with { Cluster = value };
    }

    internal bool RebuildsLostState { get; }

    /// <inheritdoc/>
    public Task<INetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ObjectName.Checked(spec.Name, "network");
        return Verb.RunAsync(
            $"network \"{spec.Name}\"",
            Services.Logger,
            async undo =>
            {
                await StartReconcilingAsync(cancellationToken).ConfigureAwait(false);
                StartFollowing();
                return await CreateNetworkAsync(WithLabels(spec), undo, cancellationToken).ConfigureAwait(false);
            });
    }

    /// <inheritdoc/>
    public INetwork GetNetwork(string nameOrId)
    {
        ObjectName.Checked(nameOrId, "network", "NameOrId");
        return TryGetNetwork(nameOrId, out INetwork? network) ? network : throw NetworkException.NotFound($"network \"{nameOrId}\"");
    }

    /// <inheritdoc/>
    public bool TryGetNetwork(string nameOrId, [NotNullWhen(true)] out INetwork? network)
    {
        ArgumentNullException.ThrowIfNull(nameOrId);
        network = _networkNames.TryGetValue(nameOrId, out NetworkId id) && _networks.TryGetValue(id, out Network? found)
            ? found
            : _networks.Values.FirstOrDefault(candidate => candidate.Id.Value == nameOrId);
        return network is not null;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DnsAnswer> WatchDnsAnswersAsync(CancellationToken cancellationToken = default)
        => Services.Resolvers.Answers.Watch(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ControllerEvent> WatchEvents() => Services.Events;

    /// <inheritdoc/>
    public async Task<string> GetFirewallScriptAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return Services.Firewall is IScriptedFirewall firewall
            ? await firewall.GetScriptAsync(cancellationToken).ConfigureAwait(false)
            : throw new NetworkException(NetworkErrorKind.NotSupported, "firewall", $"{Services.Firewall.GetType().Name} does not tell its rules as text")
            {
                Remedy = "use the built-in firewall, or one that says them",
            };
    }

    /// <inheritdoc/>
    public Task DrainAsync() => Services.Kernel.Reaper.DrainAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await StopFollowingAsync().ConfigureAwait(false);
            await StopReconcilingAsync().ConfigureAwait(false);
            if (Services.HostRanges is { } watch)
            {
                await watch.DisposeAsync().ConfigureAwait(false);
            }

            foreach (Network network in _networks.Values)
            {
                await network.ReleaseAsync().ConfigureAwait(false);
            }

            foreach (Sandbox sandbox in _sandboxes.Values)
            {
                sandbox.Release();
            }

            StopHostResolver();
            Services.Resolvers.Dispose();
            Services.Events.Complete();
            _gatewayNetworkTurn.Dispose();
        }
    }

    internal void Forget(Network network)
    {
        ReleaseName(network.Name, network.Id);   // first: whoever does not find it any more may have its name
        _networkIds.TryRemove(network.Id, out _);
        _networks.TryRemove(network.Id, out _);
        TemplateOf(network.State)?.EndUse(network.Name);
        ShowToHost();
        Log.NetworkDeleted(Services.Logger, network.Name, network.Id);
    }

    /// <summary>Connects a sandbox to the network that gives it a way out, which is made when it is first needed.</summary>
    internal async Task ConnectToGatewayNetworkAsync(
        Sandbox sandbox, EgressPolicy? egress, IReadOnlyList<PortBinding> ports, CancellationToken cancellationToken)
    {
        if (!_drivers.ContainsKey(GatewayNetwork.Driver))
        {
            Log.GatewayNetworkMissing(Services.Logger, sandbox.ContainerId, GatewayNetwork.Driver);
            return;
        }

        INetwork? network;
        await _gatewayNetworkTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!TryGetNetwork(GatewayNetwork.NetworkName, out network))
            {
                network = await CreateNetworkAsync(GatewayNetwork.Spec, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gatewayNetworkTurn.Release();
        }

        EndpointSpec spec = new() { Name = GatewayNetwork.EndpointName(sandbox), Egress = egress, PortBindings = ports };
        await network.AttachAsync(sandbox, spec, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The labels that say the same as a property of the spec win over it, as Docker's users expect.</summary>
    private static NetworkSpec WithLabels(NetworkSpec spec)
    {
        bool Flag(string label, bool otherwise)
            => !spec.Options.TryGetValue(label, out string? text) ? otherwise
                : bool.TryParse(text, out bool value) ? value
                : text is "1" or "t" or "T" ? true
                : text is "0" or "f" or "F" ? false
                : throw NetworkException.InvalidArgument($"network \"{spec.Name}\"", label, $"\"{text}\" is neither true nor false");
        return spec with
        {
            EnableIPv4 = Flag(NetworkLabels.EnableIPv4, spec.EnableIPv4),
            EnableIPv6 = Flag(NetworkLabels.EnableIPv6, spec.EnableIPv6),
            Internal = Flag(NetworkLabels.Internal, spec.Internal),
        };
    }

    private async Task<INetwork> CreateNetworkAsync(NetworkSpec spec, UndoStack undo, CancellationToken cancellationToken)
    {
        string subject = $"network \"{spec.Name}\"";
        ThrowIfPartial(subject);
        Template.Check(spec, subject);
        Network? template = FindTemplate(spec, subject);
        spec = template is null ? spec : Template.Apply(spec, template.State) with { ConfigFrom = template.Name };
        INetworkDriver driver = spec.ConfigOnly ? Template.Driver : await FindNetworkDriverAsync(spec.Driver, subject, cancellationToken).ConfigureAwait(false);
        IIpamDriver ipam = await FindIpamDriverAsync(spec.IpamDriver, subject, cancellationToken).ConfigureAwait(false);
        NetworkId id = spec.Id ?? NetworkId.New();
        if (!_networkNames.TryAdd(spec.Name, id))
        {
            throw NetworkException.Conflict(subject, "exists already", $"network {_networkNames.GetValueOrDefault(spec.Name)}", "choose another name");
        }

        undo.Push(() => ReleaseName(spec.Name, id));
        if (!_networkIds.TryAdd(id, subject))
        {
            throw NetworkException.Conflict(subject, $"id {id} is taken", _networkIds.GetValueOrDefault(id));
        }

        undo.Push(() => _networkIds.TryRemove(id, out _));
        if (template is not null)
        {
            template.Use(spec.Name);
            undo.Push(() => template.EndUse(spec.Name));
        }

        ClusterNetworks? cluster = spec.ConfigOnly || driver.Capabilities is not { DataScope: NetworkScope.Global, IsSingleton: false } ? null : ClusterNetworks;
        if (cluster is not null)
        {
            undo.Push(cluster.Wake);   // what was kept from appearing by this verb may appear
            await cluster.CheckNameAsync(spec.Name, subject, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<NetworkPool> pools = driver.Capabilities.UsesIpam
            ? await new NetworkPools(Services, driver, ipam, undo).RequestAsync(spec, subject, cancellationToken).ConfigureAwait(false)
            : [];
        NetworkState state = new()
        {
            Id = id,
            Name = spec.Name,
            Driver = driver.Name,
            Scope = driver.Capabilities.DataScope,
            IsShared = cluster is not null,
            Created = Services.Time.GetUtcNow(),
            EnableIPv4 = spec.EnableIPv4,
            EnableIPv6 = spec.EnableIPv6,
            Internal = spec.Internal,
            Pools = pools,
            ConfigOnly = spec.ConfigOnly,
            ConfigFrom = spec.ConfigFrom,
            ConfiguredPools = spec.ConfigOnly ? spec.Pools : [],
            IpamDriver = ipam.Name,
            IpamOptions = spec.IpamOptions,
            Options = spec.Options,
            Labels = spec.Labels,
        };
        state = await WithChosenOptionsAsync(driver, state, cancellationToken).ConfigureAwait(false);

        // Pushed first: a write that fails may have happened all the same, and deleting what is not there is fine.
        undo.Push(async () => await Services.Store.TryCommitAsync(
            StoreRecords.Delete(StoreKeys.Network(id), StoreDurability.Process), CancellationToken.None).ConfigureAwait(false));
        await Services.Store.TryCommitAsync(StoreRecords.Put(state, RecordPhase.Creating), cancellationToken).ConfigureAwait(false);

        await driver.CreateNetworkAsync(RequestFor(state), cancellationToken).ConfigureAwait(false);
        undo.Push(() => driver.DeleteNetworkAsync(id, CancellationToken.None));

        await Services.Store.TryCommitAsync(StoreRecords.Put(state, RecordPhase.Ready), cancellationToken).ConfigureAwait(false);
        if (cluster is not null)
        {
            // Last, since from here on others have it: what has a record only here is no network of the cluster, and goes when that has been read.
            undo.Push(() => cluster.Withdraw(id));
            IReadOnlyList<string> identifiers = driver is INetworkIdentifierDriver exclusive ? exclusive.GetIdentifiers(state.Options) : [];
            await cluster.CreateAsync(state, identifiers, cancellationToken).ConfigureAwait(false);
        }

        Network network = new(this, state, driver, ipam);
        _networks[id] = network;
        ShowToHost();
        Log.NetworkCreated(Services.Logger, spec.Name, id, driver.Name);
        return network;
    }

    /// <summary>What the driver chooses of a network's options is on record from the beginning, and the user's own choice stays.</summary>
    private static async ValueTask<NetworkState> WithChosenOptionsAsync(INetworkDriver driver, NetworkState state, CancellationToken cancellationToken)
    {
        if (driver is not INetworkOptionsDriver chooser)
        {
            return state;
        }

        Dictionary<string, string> options = new(state.Options, StringComparer.Ordinal);
        foreach ((string label, string value) in await chooser.CompleteOptionsAsync(RequestFor(state), cancellationToken).ConfigureAwait(false))
        {
            options.TryAdd(label, value);
        }

        return state with { Options = options };
    }
}
