using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Cluster;
using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>A network of a <see cref="NetworkController"/>.</summary>
internal sealed partial class Network : INetwork
{
    private readonly NetworkController _controller;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);   // deleting and comparing exclude each other
    private readonly ConcurrentDictionary<EndpointId, Endpoint> _endpoints = new();
    private readonly Dictionary<string, EndpointId> _endpointNames = [];
    private readonly Queue<NetworkPool> _heldPools;
    private bool _isDeleted;

    public Network(NetworkController controller, NetworkState state, INetworkDriver driver, IIpamDriver ipam, bool isRestored = false)
    {
        _controller = controller;
        State = state;
        Driver = driver;
        Ipam = ipam;
        Names = new NetworkNames(state.Name);
        _cluster = state.IsShared ? controller.ClusterNetworks : null;
        _membership = _cluster is null ? null : new NetworkMembership(this, _cluster, isRestored);
        _heldPools = new Queue<NetworkPool>(state.Pools.Where(pool => !SharesPool(pool.PoolId)));
        _remote = FollowOthers();
    }

    public NetworkId Id => State.Id;

    public string Name => State.Name;

    public NetworkState State { get; }

    public INetworkDriver Driver { get; }

    public IIpamDriver Ipam { get; }

    /// <summary>The names of its joined endpoints.</summary>
    public NetworkNames Names { get; }

    public string Subject => $"network \"{Name}\"";

    public IReadOnlyCollection<IEndpoint> Endpoints => [.. _endpoints.Values];

    private ControllerServices Services => _controller.Services;

    public Task<IEndpoint> CreateEndpointAsync(EndpointSpec spec, CancellationToken cancellationToken = default)
    {
        spec = Checked(spec);
        return Verb.RunAsync<IEndpoint>($"endpoint \"{spec.Name}\" on {Subject}", Services.Logger, async undo =>
        {
            Endpoint endpoint = await MakeEndpointAsync(spec, RecordPhase.Ready, undo, cancellationToken).ConfigureAwait(false);
            await endpoint.SaveAsync(RecordPhase.Ready, StoreDurability.Disk, cancellationToken).ConfigureAwait(false);
            List(endpoint);
            return endpoint;
        });
    }

    public async Task<IEndpoint> AttachAsync(
        ISandbox sandbox, EndpointSpec spec, JoinOptions? options = null, CancellationToken cancellationToken = default)
    {
        spec = Checked(spec);
        Sandbox target = _controller.Own(sandbox);
        Endpoint endpoint = await Verb.RunAsync($"endpoint \"{spec.Name}\" on {Subject}", Services.Logger, async undo =>
        {
            Endpoint made = await MakeEndpointAsync(spec, RecordPhase.Creating, undo, cancellationToken).ConfigureAwait(false);
            return await made.AttachAsync(target, options ?? new JoinOptions(), undo, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        try
        {
            await target.BalanceGatewayNetworkAsync(cancellationToken).ConfigureAwait(false);
            return endpoint;
        }
        catch
        {
            await endpoint.DeleteAsync(force: true, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public Task<VerbPlan> PlanAttachAsync(
        ISandbox sandbox, EndpointSpec spec, JoinOptions? options = null, CancellationToken cancellationToken = default)
        => _controller.PlanAttachAsync(this, sandbox, Checked(spec), options, cancellationToken);

    public IEndpoint GetEndpoint(string nameOrId)
    {
        ObjectName.Checked(nameOrId, "endpoint", "NameOrId");
        return TryGetEndpoint(nameOrId, out IEndpoint? endpoint)
            ? endpoint
            : throw NetworkException.NotFound($"endpoint \"{nameOrId}\" on {Subject}");
    }

    public bool TryGetEndpoint(string nameOrId, [NotNullWhen(true)] out IEndpoint? endpoint)
    {
        endpoint = null;
        lock (_gate)
        {
            if (_endpointNames.TryGetValue(nameOrId, out EndpointId id) && _endpoints.TryGetValue(id, out Endpoint? found))
            {
                endpoint = found;
                return true;
            }
        }

        endpoint = _endpoints.Values.FirstOrDefault(candidate => candidate.Id.Value == nameOrId);
        return endpoint is not null;
    }

    public async Task<IReadOnlyList<PoolUsage>> GetPoolUsageAsync(CancellationToken cancellationToken = default)
    {
        List<PoolUsage> usage = [];
        if (Ipam is IIpamUsageDriver counts)
        {
            foreach (NetworkPool pool in State.Pools)
            {
                usage.Add(await counts.GetPoolUsageAsync(pool.PoolId, cancellationToken).ConfigureAwait(false));
            }
        }

        return usage;
    }

    public Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Driver.Capabilities.IsSingleton)
        {
            throw NetworkException.Forbidden(Subject, $"is the only network of driver \"{Driver.Name}\" and cannot be deleted");
        }

        lock (_gate)
        {
            if (_isDeleted)
            {
                throw NetworkException.NotFound(Subject);
            }

            if (_endpointNames.Count > 0)
            {
                string holders = string.Join(", ", _endpointNames.Keys.Order(StringComparer.Ordinal).Select(name => $"\"{name}\""));
                throw NetworkException.Forbidden(Subject, $"has active endpoints: {holders}", holders, "delete them first");
            }

            ThrowIfUsed();

            _isDeleted = true;
        }

        return _cluster is null ? DeleteCoreAsync() : DeleteForAllAsync(_cluster, cancellationToken);
    }

    /// <summary>Takes an endpoint up as it was, apart from its sandbox: its name, its addresses, what the driver knows of it.</summary>
    public Task<Endpoint> RestoreEndpointAsync(KeptEndpoint kept, RecordPhase phase, CancellationToken cancellationToken)
    {
        EndpointState state = kept.State;
        string subject = $"endpoint \"{state.Name}\" on {Subject}";
        return Verb.RunAsync(subject, Services.Logger, async undo =>
        {
            ReserveName(state.Name, state.Id);
            undo.Push(() => ReleaseName(state.Name));
            foreach ((string? poolId, InterfaceAddress? address) in new[] { (kept.PoolIPv4, state.IPv4), (kept.PoolIPv6, state.IPv6) })
            {
                if (poolId is not null && address is { } held && Ipam.Capabilities.RequiresReplay && !State.IsShared)   // the cluster may not be reached yet
                {
                    await EndpointAddresses.ReplayAsync(this, poolId, held.Address, state.Name, state.Created, undo, cancellationToken).ConfigureAwait(false);
                }
            }

            await Driver.CreateEndpointAsync(RequestFor(state, state.MacAddress, kept.Options) with { IsRestored = true }, cancellationToken).ConfigureAwait(false);
            Endpoint endpoint = new(this, _controller, kept, phase);
            List(endpoint);
            return endpoint;
        });
    }

    /// <summary>Shows an endpoint to everybody.</summary>
    public void List(Endpoint endpoint) => _endpoints[endpoint.Id] = endpoint;

    /// <summary>Takes an endpoint off the list; it keeps its name.</summary>
    public void Unlist(Endpoint endpoint) => _endpoints.TryRemove(endpoint.Id, out _);

    /// <summary>Forgets an endpoint that was deleted.</summary>
    public void Forget(Endpoint endpoint)
    {
        Unlist(endpoint);
        ReleaseName(endpoint.Name);
    }

    private EndpointSpec Checked(EndpointSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ObjectName.Checked(spec.Name, "endpoint");
        ThrowIfTemplate(spec.Name);
        DnsNameRules.Check(spec.DnsNames, $"endpoint \"{spec.Name}\"", nameof(spec.DnsNames));
        DnsNameRules.Check(spec.Discovery.Links.Keys, $"endpoint \"{spec.Name}\"", nameof(spec.Discovery.Links));
        foreach (IPAddress address in spec.LinkLocalAddresses)
        {
            if (!IsLinkLocalUnicast(address))
            {
                throw NetworkException.InvalidArgument(
                    $"endpoint \"{spec.Name}\"", nameof(spec.LinkLocalAddresses), $"{address} is not a link-local unicast address");
            }
        }

        string subject = $"endpoint \"{spec.Name}\" on {Subject}";
        return spec with
        {
            PortBindings = PortBindingCheck.Checked(subject, spec.PortBindings),
            Egress = EgressCheck.Checked(subject, spec, Driver),
        };
    }

    private static bool IsLinkLocalUnicast(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6LinkLocal
            : LinkLocalIPv4.Contains(address);

    private static Subnet LinkLocalIPv4 { get; } = Subnet.Parse("169.254.0.0/16");

    private async Task DeleteCoreAsync()
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // From here on only forward: the record says so, and what is left over is removed at the next start.
            await Services.Store.TryCommitAsync(StoreRecords.Put(State, RecordPhase.Deleting), CancellationToken.None).ConfigureAwait(false);

            // The pools stay ours while the driver may still use them, and each is given back once, however often this is tried.
            await Verb.TearDownAsync(Subject, () => Driver.DeleteNetworkAsync(Id, CancellationToken.None)).ConfigureAwait(false);
            await Verb.TearDownAsync(Subject, ReleasePoolsAsync).ConfigureAwait(false);
            await Services.Store.TryCommitAsync(StoreRecords.Delete(StoreKeys.Network(Id)), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
            {
                _isDeleted = false;   // the caller may try again
            }

            WakeFollower();
            throw;
        }
        finally
        {
            _turn.Release();
        }

        _controller.Forget(this);
    }

    private async ValueTask ReleasePoolsAsync()
    {
        while (_heldPools.TryPeek(out NetworkPool? pool))
        {
            await NetworkPools.ReleaseAsync(Ipam, pool).ConfigureAwait(false);
            Services.HostRanges?.LetGo(Name, pool.PoolId);
            _heldPools.Dequeue();
        }
    }

    /// <summary>Makes an endpoint that nobody can see and that is not in the store yet, unless its driver builds something for it.</summary>
    private async Task<Endpoint> MakeEndpointAsync(EndpointSpec spec, RecordPhase phase, UndoStack undo, CancellationToken cancellationToken)
    {
        EndpointId id = EndpointId.New();
        undo.Push(WakeFollower);
        ReserveName(spec.Name, id);
        undo.Push(() => ReleaseName(spec.Name));
        NodeHolding? holding = await EnterAsync(cancellationToken).ConfigureAwait(false);

        // An IPAM driver that goes by MAC addresses must know it before there is an interface.
        MacAddress? wantedMac = WantedMac(spec) ?? (Driver.Capabilities.UsesIpam && Ipam.Capabilities.RequiresMacAddress ? MacAddress.NewRandom() : null);
        (InterfaceAddress Address, string PoolId)? ipv4 = State.EnableIPv4 && Driver.Capabilities.UsesIpam
            ? await EndpointAddresses.RequestAsync(this, AddressFamily.InterNetwork, spec, wantedMac, undo, cancellationToken).ConfigureAwait(false)
            : null;
        (InterfaceAddress Address, string PoolId)? ipv6 = State.EnableIPv6 && !spec.DisableIPv6 && Driver.Capabilities.UsesIpam
            ? await EndpointAddresses.RequestAsync(this, AddressFamily.InterNetworkV6, spec, wantedMac, undo, cancellationToken).ConfigureAwait(false)
            : null;

        EndpointState state = new()
        {
            Id = id,
            Name = spec.Name,
            NetworkId = Id,
            Created = Services.Time.GetUtcNow(),
            MacAddress = wantedMac,
            IPv4 = ipv4?.Address,
            IPv6 = ipv6?.Address,
            LinkLocalAddresses = spec.LinkLocalAddresses,
            DnsNames = spec.DnsNames,
            Discovery = spec.Discovery,
            ExposedPorts = spec.ExposedPorts,
            PortBindings = spec.PortBindings,
            Egress = spec.Egress,
        };
        undo.Push(async () => await Services.Store.TryCommitAsync(
            StoreRecords.Delete(StoreKeys.Endpoint(Id, id), StoreDurability.Process), CancellationToken.None).ConfigureAwait(false));
        KeptEndpoint kept = new()
        {
            State = state,
            Options = spec.Options,
            InterfacePrefix = string.Empty,   // the driver says it below
            PoolIPv4 = ipv4?.PoolId,
            PoolIPv6 = ipv6?.PoolId,
        };
        if (Driver.Capabilities.BuildsEndpoints)
        {
            await Services.Store.TryCommitAsync(StoreRecords.Put(kept, RecordPhase.Creating, StoreDurability.Process), cancellationToken)
                .ConfigureAwait(false);
        }

        await YieldAsync([state.IPv4, state.IPv6], cancellationToken).ConfigureAwait(false);
        DriverEndpoint made = await Driver.CreateEndpointAsync(RequestFor(state, wantedMac, spec.Options), cancellationToken).ConfigureAwait(false);
        undo.Push(() => Driver.DeleteEndpointAsync(Id, id, CancellationToken.None));
        ThrowIfLost(holding);

        return new Endpoint(this, _controller, kept with { State = Merge(state, made), InterfacePrefix = made.InterfacePrefix }, phase);
    }

    private DriverEndpointRequest RequestFor(EndpointState state, MacAddress? macAddress, IReadOnlyDictionary<string, string> options) => new()
    {
        NetworkId = Id,
        Id = state.Id,
        Name = state.Name,
        MacAddress = macAddress,
        IPv4 = state.IPv4,
        IPv6 = state.IPv6,
        LinkLocalAddresses = state.LinkLocalAddresses,
        ExposedPorts = state.ExposedPorts,
        PortBindings = state.PortBindings,
        PublishedPorts = state.PublishedPorts,
        Egress = state.Egress,
        Options = options,
    };

    private static MacAddress? WantedMac(EndpointSpec spec)
    {
        string field = spec.MacAddress is null ? NetworkLabels.MacAddress : nameof(spec.MacAddress);
        MacAddress? wanted = spec.MacAddress
            ?? (spec.Options.TryGetValue(NetworkLabels.MacAddress, out string? text) ? MacAddress.Parse(text, field) : null);
        return wanted is { IsUnicast: false }
            ? throw NetworkException.InvalidArgument($"endpoint \"{spec.Name}\"", field, $"{wanted} is not a unicast address")
            : wanted;
    }

    /// <summary>Takes over what the driver settled on; it may only fill in what was open.</summary>
    private EndpointState Merge(EndpointState state, DriverEndpoint made)
    {
        TValue? Filled<TValue>(TValue? ours, TValue? theirs, string field)
            where TValue : struct
            => ours is not null && theirs is not null
                ? throw NetworkException.Forbidden(
                    $"endpoint \"{state.Name}\" on {Subject}", $"driver \"{Driver.Name}\" set {field} although {ours} was given", ours.ToString())
                : ours ?? theirs;
        return state with
        {
            MacAddress = Filled(state.MacAddress, made.MacAddress, "the MAC address"),
            IPv4 = Filled(state.IPv4, made.IPv4, "the IPv4 address"),
            IPv6 = Filled(state.IPv6, made.IPv6, "the IPv6 address"),
        };
    }

    /// <summary>Keeps a name for an endpoint.</summary>
    public void ReserveName(string name, EndpointId id)
    {
        lock (_gate)
        {
            if (_isDeleted)
            {
                throw NetworkException.NotFound(Subject);
            }

            if (!_endpointNames.TryAdd(name, id))
            {
                throw NetworkException.Forbidden(
                    $"endpoint \"{name}\" on {Subject}", "exists already", $"endpoint {_endpointNames[name]}", "choose another name");
            }
        }
    }

    /// <summary>Frees a name.</summary>
    public void ReleaseName(string name)
    {
        lock (_gate)
        {
            _endpointNames.Remove(name);
        }
    }
}
