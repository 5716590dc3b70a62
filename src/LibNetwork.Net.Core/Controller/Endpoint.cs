using System.Collections.ObjectModel;
using LibNetwork.Drivers;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>An endpoint of a <see cref="Network"/>. Its verbs exclude each other.</summary>
internal sealed class Endpoint : IEndpoint
{
    private readonly NetworkController _controller;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _poolIPv4;
    private string? _poolIPv6;
    private DriverJoin? _join;
    private int _gatewayPriority;
    private bool _isDeleted;

    public Endpoint(Network owner, NetworkController controller, KeptEndpoint kept)
    {
        Owner = owner;
        _controller = controller;
        State = kept.State;
        Options = kept.Options;
        InterfacePrefix = kept.InterfacePrefix;
        _poolIPv4 = kept.PoolIPv4;
        _poolIPv6 = kept.PoolIPv6;
        _join = kept.Join;
        _gatewayPriority = kept.GatewayPriority;
    }

    public EndpointId Id => State.Id;

    public string Name => State.Name;

    public INetwork Network => Owner;

    public EndpointState State { get; private set; }

    public Network Owner { get; }

    public IReadOnlyDictionary<string, string> Options { get; }

    public string InterfacePrefix { get; }

    public string Subject => $"endpoint \"{Name}\" on {Owner.Subject}";

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

            await target.LeaveAsync(this).ConfigureAwait(false);
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
            await UpdateAsync(State with { DnsNames = [.. names] }, cancellationToken).ConfigureAwait(false);
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

    public async Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default)
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
                if (left is not null)
                {
                    await left.LeaveAsync(this).ConfigureAwait(false);
                }
            }

            await DeleteCoreAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        if (left is not null)
        {
            await left.BalanceGatewayNetworkAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>How the endpoint is joined; says so in the store with the next update of the state.</summary>
    public void SetJoin(DriverJoin? join, int gatewayPriority) => (_join, _gatewayPriority) = (join, gatewayPriority);

    /// <summary>What the driver knows of the endpoint now.</summary>
    public IReadOnlyDictionary<string, string> ReadDetails() => Owner.Driver is IEndpointDetailsDriver details
        ? details.GetEndpointDetails(Owner.Id, Id)
        : ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Lets the others on the network find the endpoint, by the names that it has now.</summary>
    public void ShowNames() => Owner.Names.Put(
        Id, new EndpointNames(State.DnsNames, State.IPv4?.Address, State.IPv6?.Address, State.Discovery.PortNames));

    /// <summary>Lets nobody find the endpoint any more.</summary>
    public void HideNames() => Owner.Names.Remove(Id);

    /// <summary>Brings the driver's details, which no store keeps, into the state.</summary>
    public void ShowDetails() => State = State with { Details = ReadDetails() };

    /// <summary>The endpoint is in no sandbox any more.</summary>
    public Task ForgetJoinAsync()
    {
        SetJoin(join: null, gatewayPriority: 0);
        return UpdateAsync(
            State with
            {
                SandboxId = null,
                InterfaceName = null,
                GatewayIPv4 = null,
                GatewayIPv6 = null,
                Details = ReadOnlyDictionary<string, string>.Empty,
            },
            CancellationToken.None);
    }

    /// <summary>Replaces the state, in the store first.</summary>
    public async Task UpdateAsync(EndpointState state, CancellationToken cancellationToken)
    {
        try
        {
            await Services.Store.TryCommitAsync(StoreRecords.Put(Kept(state), RecordPhase.Ready), cancellationToken).ConfigureAwait(false);
            State = state;
        }
        catch
        {
            await SaveAsync(RecordPhase.Ready, CancellationToken.None).ConfigureAwait(false);   // a write that fails may have happened all the same
            throw;
        }
    }

    public async Task SaveAsync(RecordPhase phase, CancellationToken cancellationToken)
        => await Services.Store.TryCommitAsync(StoreRecords.Put(Kept(State), phase), cancellationToken).ConfigureAwait(false);

    /// <summary>Gives the IPv6 address back, after sysctls turned IPv6 off.</summary>
    public async Task ReleaseIPv6Async(InterfaceAddress address)
    {
        if (Owner.Driver is IIPv6ReleaseDriver driver)
        {
            await driver.ReleaseIPv6Async(Owner.Id, Id, CancellationToken.None).ConfigureAwait(false);
        }

        if (_poolIPv6 is not null)
        {
            await Owner.Ipam.ReleaseAddressAsync(_poolIPv6, address.Address, CancellationToken.None).ConfigureAwait(false);
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

    private async Task DeleteCoreAsync()
    {
        await SaveAsync(RecordPhase.Deleting, CancellationToken.None).ConfigureAwait(false);

        // The addresses stay ours while the driver may still use them, and each is given back once, however often this is tried.
        await Verb.TearDownAsync(Subject, () => Owner.Driver.DeleteEndpointAsync(Owner.Id, Id, CancellationToken.None)).ConfigureAwait(false);
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
        await Services.Store.TryCommitAsync(StoreRecords.Delete(StoreKeys.Endpoint(Owner.Id, Id)), CancellationToken.None).ConfigureAwait(false);
        _isDeleted = true;
        Owner.Forget(this);
    }

    private ValueTask ReleaseAsync(string? poolId, InterfaceAddress? address)
        => poolId is not null && address is { } held
            ? Owner.Ipam.ReleaseAddressAsync(poolId, held.Address, CancellationToken.None)
            : ValueTask.CompletedTask;

    private void ThrowIfDeleted()
    {
        if (_isDeleted)
        {
            throw NetworkException.NotFound(Subject);
        }
    }
}
