using LibNetwork.ServiceDiscovery;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <content>Leaving and joining everything anew, in the same namespace.</content>
internal sealed partial class Sandbox
{
    private int _refreshing;

    public async Task RefreshAsync(SandboxChange? change = null, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _refreshing, 1) != 0)
        {
            throw NetworkException.Forbidden(Subject, "is being refreshed already");
        }

        try
        {
            await Verb.RunAsync(Subject, Services.Logger, undo => RefreshAsync(change ?? new SandboxChange(), undo, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
            await BalanceGatewayNetworkAsync(CancellationToken.None).ConfigureAwait(false);   // not in between: the automatic way out stays as it is
        }
    }

    /// <summary>Writes its record as it is now.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
        => await Services.Store.TryCommitAsync(StoreRecords.Put(State, _options, RecordPhase.Ready), cancellationToken).ConfigureAwait(false);

    private async Task<bool> RefreshAsync(SandboxChange change, UndoStack undo, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _deleting) != 0)
        {
            throw NetworkException.NotFound(Subject);
        }

        (SandboxDns dns, IReadOnlyDictionary<string, string> options) before = (State.Dns, _options);
        (SandboxDns dns, IReadOnlyDictionary<string, string> options) after = (change.Dns ?? State.Dns, change.Options ?? _options);
        (Endpoint Endpoint, JoinOptions Options)[] joined = [.. _attachments.Where(static attachment => !attachment.IsGatewayNetwork).Select(static attachment => (
            attachment.Endpoint,
            new JoinOptions { GatewayPriority = attachment.Priority, InterfaceName = attachment.InterfaceName is { } name ? new InterfaceName(name) : null }))];

        // Whoever finds this record at a start lets them join again, with the new settings.
        undo.Push(() => new ValueTask(SaveAsync(CancellationToken.None)));
        RejoinRecord[] rejoins = [.. joined.Select(static pair => new RejoinRecord(
            pair.Endpoint.Owner.Id.Value, pair.Endpoint.Id.Value, pair.Options.GatewayPriority, pair.Options.InterfaceName?.Value))];
        await Services.Store.TryCommitAsync(
            StoreRecords.Put(State with { Dns = after.dns }, after.options, RecordPhase.Ready, rejoins), cancellationToken).ConfigureAwait(false);

        foreach ((Endpoint endpoint, JoinOptions how) in joined.Reverse())
        {
            await LeaveForNowAsync(endpoint, how, undo, cancellationToken).ConfigureAwait(false);
        }

        undo.Push(() => new ValueTask(SetAsync(before.dns, before.options)));
        await SetAsync(after.dns, after.options).ConfigureAwait(false);
        foreach ((Endpoint endpoint, JoinOptions how) in joined)
        {
            await JoinAgainAsync(endpoint, how, undo, cancellationToken).ConfigureAwait(false);
        }

        await SaveAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task LeaveForNowAsync(Endpoint endpoint, JoinOptions how, UndoStack undo, CancellationToken cancellationToken)
    {
        if (endpoint.State.SandboxId != Id)
        {
            return;   // somebody let it leave meanwhile
        }

        try
        {
            await endpoint.LeaveAsync(this, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (endpoint.State.SandboxId is null || await IsLeavingAsync(endpoint).ConfigureAwait(false))
            {
                undo.Push(() => new ValueTask(ComeBackAsync(endpoint, how)));
            }

            throw;
        }

        undo.Push(() => new ValueTask(ComeBackAsync(endpoint, how)));
    }

    private async Task ComeBackAsync(Endpoint endpoint, JoinOptions how)
    {
        if (endpoint.State.SandboxId == Id)
        {
            await endpoint.LeaveAsync(this, CancellationToken.None).ConfigureAwait(false);   // finishes what could not be finished
        }

        await endpoint.JoinAsync(this, how, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task JoinAgainAsync(Endpoint endpoint, JoinOptions how, UndoStack undo, CancellationToken cancellationToken)
    {
        if (endpoint.IsDeleted || endpoint.State.SandboxId is not null)
        {
            return;   // somebody deleted it meanwhile, or let it join
        }

        await endpoint.JoinAsync(this, how, cancellationToken).ConfigureAwait(false);
        undo.Push(() => new ValueTask(endpoint.LeaveAsync(this, CancellationToken.None)));
    }

    private async Task<bool> IsLeavingAsync(Endpoint endpoint)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return _leaving.Contains(endpoint);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes other settings those that hold. A resolver that runs goes on, with the servers that it is to ask now.</summary>
    private async Task SetAsync(SandboxDns dns, IReadOnlyDictionary<string, string> options)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (!dns.IsEnabled && _resolver is not null && _namespace is { } inside)
            {
                await Services.Resolvers.RemoveRedirectionAsync(inside.Namespace).ConfigureAwait(false);
                StopResolver();
            }

            (State, _options) = (State with { Dns = dns }, options);
            if (_resolver is { } resolver)
            {
                Services.Resolvers.SetServers(resolver, dns);
                ShowToResolver();
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
