using System.Collections.ObjectModel;
using LibNetwork.Drivers;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>An endpoint of a <see cref="Network"/>. Its verbs exclude each other.</summary>
internal sealed partial class Endpoint : IEndpoint
{
    private readonly NetworkController _controller;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _poolIPv4;
    private string? _poolIPv6;
    private DriverJoin? _join;
    private int _gatewayPriority;
    private RecordPhase _phase;   // Creating while the verb that makes it is under way
    private bool _isDeleted;

    public Endpoint(Network owner, NetworkController controller, KeptEndpoint kept, RecordPhase phase)
    {
        _phase = phase;
        Owner = owner;
        _controller = controller;
        State = kept.State;
        Options = kept.Options;
        InterfacePrefix = kept.InterfacePrefix;
        _poolIPv4 = kept.PoolIPv4;
        _poolIPv6 = kept.PoolIPv6;
        _join = kept.Join;
        _gatewayPriority = kept.GatewayPriority;
        Published = kept.State.PublishedPorts;
    }

    public EndpointId Id => State.Id;

    public string Name => State.Name;

    public INetwork Network => Owner;

    public EndpointState State { get; private set; }

    public Network Owner { get; }

    public IReadOnlyDictionary<string, string> Options { get; }

    public string InterfacePrefix { get; }

    public string Subject => $"endpoint \"{Name}\" on {Owner.Subject}";

    /// <summary>Whether the verb that makes it, or an earlier process's that deletes it, is under way.</summary>
    public bool IsUnderWay => _phase != RecordPhase.Ready;

    private ControllerServices Services => _controller.Services;

    public async Task JoinAsync(ISandbox sandbox, JoinOptions? options = null, CancellationToken cancellationToken = default)
    {
        Sandbox target = _controller.Own(sandbox);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfDeleted();
            if (State.SandboxId is not null)
            {
                string holder = $"sandbox {State.SandboxId}";
                throw NetworkException.Forbidden(Subject, $"is joined to {holder} already", holder, "let it leave first");
            }

            await Verb.RunAsync(Subject, Services.Logger, undo => target.JoinAsync(this, options ?? new JoinOptions(), undo, cancellationToken))
                .ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        try
        {
            await target.BalanceGatewayNetworkAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await LeaveAsync(target, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Joins an endpoint that its network is about to make; one commit makes both real.</summary>
    /// <param name="target">The sandbox.</param>
    /// <param name="options">How it joins.</param>
    /// <param name="undo">Takes back all that was done to make it; run here, in its turn, when joining fails.</param>
    /// <param name="cancellationToken">Cancels the verb.</param>
    public async Task<Endpoint> AttachAsync(Sandbox target, JoinOptions options, UndoStack undo, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);   // nobody knows it yet
        try
        {
            Owner.List(this);
            undo.Push(() =>
            {
                _isDeleted = true;
                Owner.Unlist(this);
            });
            await target.JoinAsync(this, options, undo, cancellationToken).ConfigureAwait(false);
            return this;
        }
        catch
        {
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                throw new AggregateException($"{Subject}: attaching failed and could not be taken back.", failure);
            }

            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task LeaveAsync(ISandbox sandbox, CancellationToken cancellationToken = default)
    {
        Sandbox target = _controller.Own(sandbox);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (State.SandboxId != target.Id)
            {
                throw NetworkException.Forbidden(
                    Subject, $"is not joined to sandbox {target.Id}", State.SandboxId is null ? null : $"sandbox {State.SandboxId}");
            }

            await target.LeaveAsync(this, isKept: true).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        await target.BalanceGatewayNetworkAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public async Task UpdateDnsNamesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(names);
        DnsNameRules.Check(names, Subject, nameof(State.DnsNames));
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfDeleted();
            await UpdateAsync(State with { DnsNames = [.. names] }, StoreDurability.Disk, cancellationToken).ConfigureAwait(false);
            if (State.SandboxId is not null)
            {
                ShowNames();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task UpdateEgressAsync(EgressPolicy? egress, CancellationToken cancellationToken = default)
    {
        EgressCheck.Check(Subject, egress, Owner.Driver, State.Discovery.DisableResolver);
        EgressPolicy? before = await ReplaceEgressAsync(egress, cancellationToken).ConfigureAwait(false);
        if (State.SandboxId is not { } sandbox || _controller.FindSandbox(sandbox) is not { } joined)
        {
            return;
        }

        try
        {
            await joined.ShowEgressAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await ReplaceEgressAsync(before, CancellationToken.None).ConfigureAwait(false);
            await joined.ShowEgressAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <returns>What it may have reached before.</returns>
    private async Task<EgressPolicy?> ReplaceEgressAsync(EgressPolicy? egress, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfDeleted();
            EgressPolicy? before = State.Egress;
            return await Verb.RunAsync(Subject, Services.Logger, async undo =>
            {
                if (Owner.Driver is IEgressDriver driver)
                {
                    undo.Push(() => driver.ChangeEgressAsync(Owner.Id, Id, before, CancellationToken.None));
                    await driver.ChangeEgressAsync(Owner.Id, Id, egress, cancellationToken).ConfigureAwait(false);
                }

                await UpdateAsync(State with { Egress = egress }, StoreDurability.Disk, cancellationToken).ConfigureAwait(false);
                return before;
            }).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default)
        => DeleteAsync(force, StoreDurability.Disk, cancellationToken);

    public async Task DeleteAsync(bool force, StoreDurability durability, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        Sandbox? left = null;
        try
        {
            if (_isDeleted)
            {
                return;
            }

            if (State.SandboxId is { } joined)
            {
                if (!force)
                {
                    throw NetworkException.Forbidden(Subject, $"is joined to sandbox {joined}", $"sandbox {joined}", "let it leave, or force it");
                }

                left = _controller.FindSandbox(joined);
            }

            await SaveAsync(RecordPhase.Deleting, StoreDurability.Process, CancellationToken.None).ConfigureAwait(false);
            if (left is not null)
            {
                await left.LeaveAsync(this, isKept: false).ConfigureAwait(false);
            }

            await DeleteCoreAsync(durability).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        await Owner.ResignAsync().ConfigureAwait(false);
        if (left is not null)
        {
            await left.BalanceGatewayNetworkAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Says in the store that the endpoint is about to join: whoever finds that at a start takes it back.</summary>
    /// <param name="sandbox">The sandbox.</param>
    /// <param name="name">What its interface will be called.</param>
    /// <param name="join">What the driver has made already.</param>
    /// <param name="cancellationToken">Cancels the verb.</param>
    public Task BeginJoinAsync(SandboxId sandbox, InterfaceName name, DriverJoin join, CancellationToken cancellationToken)
        => CommitAsync(
            Kept(State with { SandboxId = sandbox, InterfaceName = name }) with { Join = join, JoinPhase = RecordPhase.Creating },
            _phase, StoreDurability.Process, cancellationToken);

    /// <summary>The endpoint has joined. What is new with it is real from here on, also after a power cut.</summary>
    public async Task FinishJoinAsync(EndpointState state, DriverJoin join, int gatewayPriority, CancellationToken cancellationToken)
    {
        (_join, _gatewayPriority) = (join, gatewayPriority);
        StoreDurability durability = _phase == RecordPhase.Creating ? StoreDurability.Disk : StoreDurability.Process;
        await CommitAsync(Kept(state), RecordPhase.Ready, durability, cancellationToken).ConfigureAwait(false);
        State = state;
        _phase = RecordPhase.Ready;
    }

    /// <summary>The driver made the interface anew. What the store has of a join is the same as before.</summary>
    public void ReplaceJoin(DriverJoin join) => _join = join;

    /// <summary>The endpoint has not joined after all.</summary>
    public async ValueTask TakeBackJoinAsync(EndpointState before)
    {
        (_join, _gatewayPriority) = (null, 0);
        State = before;
        if (_phase == RecordPhase.Ready)   // the record of one that is being made goes as a whole
        {
            await SaveAsync(_phase, StoreDurability.Process, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Says in the store that the endpoint is about to leave: whoever finds that at a start finishes it.</summary>
    public async Task BeginLeaveAsync()
    {
        try
        {
            await CommitAsync(
                Kept(State) with { JoinPhase = RecordPhase.Deleting }, RecordPhase.Ready, StoreDurability.Process, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch
        {
            await SaveAsync(RecordPhase.Ready, StoreDurability.Process, CancellationToken.None).ConfigureAwait(false);   // it may have happened all the same
            throw;
        }
    }

    /// <summary>What the driver knows of the endpoint now.</summary>
    public IReadOnlyDictionary<string, string> ReadDetails() => Owner.Driver is IEndpointDetailsDriver details
        ? details.GetEndpointDetails(Owner.Id, Id)
        : ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Lets the others on the network find the endpoint, by the names that it has now.</summary>
    public void ShowNames()
    {
        Owner.Names.Put(Id, new EndpointNames(State.DnsNames, State.IPv4?.Address, State.IPv6?.Address, State.Discovery.PortNames));
        Owner.Announce(State);
    }

    /// <summary>Lets nobody find the endpoint any more.</summary>
    public void HideNames()
    {
        Owner.Names.Remove(Id);
        Owner.Withdraw(Id);
    }

    /// <summary>Brings the driver's details, which no store keeps, into the state.</summary>
    public void ShowDetails() => State = State with { Details = ReadDetails() };

    /// <summary>Where the driver last said that the endpoint's ports are published; the verb that is under way brings it into the state.</summary>
    public IReadOnlyList<PortBinding> Published { get; private set; }

    /// <summary>The driver has said where the endpoint's ports are published. One that stays joined shows it, and the store hears of it at once.</summary>
    public async ValueTask ShowPublishedAsync(IReadOnlyList<PortBinding> published, bool isStaying)
    {
        Published = published;
        if (isStaying && !State.PublishedPorts.SequenceEqual(published))
        {
            await UpdateAsync(State with { PublishedPorts = published, Details = ReadDetails() }, StoreDurability.Process, CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The endpoint is in no sandbox any more.</summary>
    /// <param name="isKept">Whether the store hears of it, because the endpoint stays.</param>
    public async Task ForgetJoinAsync(bool isKept)
    {
        (_join, _gatewayPriority) = (null, 0);
        EndpointState state = State with
        {
            SandboxId = null,
            InterfaceName = null,
            GatewayIPv4 = null,
            GatewayIPv6 = null,
            PublishedPorts = [],
            Details = ReadOnlyDictionary<string, string>.Empty,
        };
        if (isKept)
        {
            await UpdateAsync(state, StoreDurability.Process, CancellationToken.None).ConfigureAwait(false);
        }

        State = state;
    }

    /// <summary>Replaces the state, in the store first.</summary>
    private async Task UpdateAsync(EndpointState state, StoreDurability durability, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(Kept(state), RecordPhase.Ready, durability, cancellationToken).ConfigureAwait(false);
            State = state;
        }
        catch
        {
            await SaveAsync(RecordPhase.Ready, durability, CancellationToken.None).ConfigureAwait(false);   // a write that fails may have happened all the same
            throw;
        }
    }

    public Task SaveAsync(RecordPhase phase, StoreDurability durability, CancellationToken cancellationToken)
        => CommitAsync(Kept(State), phase, durability, cancellationToken);

    private async Task CommitAsync(KeptEndpoint kept, RecordPhase phase, StoreDurability durability, CancellationToken cancellationToken)
        => await Services.Store.TryCommitAsync(StoreRecords.Put(kept, phase, durability), cancellationToken).ConfigureAwait(false);

    /// <summary>Gives the IPv6 address back, after sysctls turned IPv6 off.</summary>
    public async Task ReleaseIPv6Async(InterfaceAddress address)
    {
        if (Owner.Driver is IIPv6ReleaseDriver driver)
        {
            await driver.ReleaseIPv6Async(Owner.Id, Id, CancellationToken.None).ConfigureAwait(false);
        }

        if (_poolIPv6 is not null)
        {
            await EndpointAddresses.ReleaseAsync(Owner, _poolIPv6, address.Address).ConfigureAwait(false);
            _poolIPv6 = null;
        }
    }

    private KeptEndpoint Kept(EndpointState state) => new()
    {
        State = state,
        Options = Options,
        InterfacePrefix = InterfacePrefix,
        PoolIPv4 = _poolIPv4,
        PoolIPv6 = _poolIPv6,
        Join = _join,
        GatewayPriority = _gatewayPriority,
    };

    private async Task DeleteCoreAsync(StoreDurability durability)
    {
        // The addresses stay ours while the driver may still use them, and each is given back once, however often this is tried.
        await Verb.TearDownAsync(Subject, () => Owner.Driver.DeleteEndpointAsync(Owner.Id, Id, CancellationToken.None)).ConfigureAwait(false);
        await Owner.WithdrawnAsync(Id).ConfigureAwait(false);
        await Verb.TearDownAsync(
            Subject,
            async () =>
            {
                await ReleaseAsync(_poolIPv4, State.IPv4).ConfigureAwait(false);
                _poolIPv4 = null;
            },
            async () =>
            {
                await ReleaseAsync(_poolIPv6, State.IPv6).ConfigureAwait(false);
                _poolIPv6 = null;
            }).ConfigureAwait(false);
        await Services.Store.TryCommitAsync(StoreRecords.Delete(StoreKeys.Endpoint(Owner.Id, Id), durability), CancellationToken.None)
            .ConfigureAwait(false);
        _isDeleted = true;
        Owner.Forget(this);
    }

    private ValueTask ReleaseAsync(string? poolId, InterfaceAddress? address)
        => poolId is not null && address is { } held
            ? EndpointAddresses.ReleaseAsync(Owner, poolId, held.Address)
            : ValueTask.CompletedTask;

    private void ThrowIfDeleted()
    {
        if (_isDeleted)
        {
            throw NetworkException.NotFound(Subject);
        }
    }
}
