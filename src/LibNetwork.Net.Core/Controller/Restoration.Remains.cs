using LibNetwork.Controller.Rehearsing;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Sandboxes;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

internal sealed partial class Restoration
{
    private const int ShortId = 12;   // how a sandbox's pin is called

    /// <summary>Deletes what was under way, and endpoints whose sandbox is gone; endpoints first, networks last.</summary>
    private async Task RemoveRemainsAsync(CancellationToken cancellationToken)
    {
        foreach ((RecordPhase phase, Endpoint endpoint) in _endpoints)
        {
            bool isOrphan = endpoint.State.SandboxId is { } joined && !_sandboxKeys.Contains(StoreKeys.Sandbox(joined));
            await RemoveAsync(phase != RecordPhase.Ready || isOrphan, endpoint.Subject, () => endpoint.DeleteAsync(force: true, cancellationToken))
                .ConfigureAwait(false);
        }

        foreach ((RecordPhase phase, Sandbox sandbox) in _sandboxes)
        {
            await RemoveAsync(phase != RecordPhase.Ready, sandbox.Subject, () => sandbox.DeleteAsync(cancellationToken)).ConfigureAwait(false);
        }

        foreach ((RecordPhase phase, Network network) in _networks.Values.Where(pair => pair.Phase != RecordPhase.Ready))
        {
            if (network.Driver.Capabilities.IsSingleton)
            {
                await EachAsync([network], whole => SaveAsync(whole, cancellationToken)).ConfigureAwait(false);   // those are whole at once
            }
            else if (network.State.IsShared)
            {
                // Whether the cluster has it is not for this record to say: it was not created for all yet, or is deleted for all already.
                await RemoveAsync(mustGo: true, network.Subject, network.DropAsync).ConfigureAwait(false);
            }
            else
            {
                await RemoveAsync(phase != RecordPhase.Ready, network.Subject, () => network.DeleteAsync(cancellationToken)).ConfigureAwait(false);
            }
        }

        foreach ((Sandbox sandbox, IReadOnlyList<RejoinRecord> rejoins) in _refreshed)
        {
            await FinishRefreshAsync(sandbox, rejoins, cancellationToken).ConfigureAwait(false);
        }

        // A process may have died between a verb and the endpoint on the automatic gateway network that follows from it.
        await EachAsync(
            _sandboxes.Where(pair => pair.Phase == RecordPhase.Ready),
            pair => pair.Sandbox.BalanceGatewayNetworkAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Lets endpoints join again that left only for that; if one cannot, the record stays and the next process tries.</summary>
    private async Task FinishRefreshAsync(Sandbox sandbox, IReadOnlyList<RejoinRecord> rejoins, CancellationToken cancellationToken)
    {
        // Interfaces that left may still be there, with the names that they are to have again.
        Services.Kernel.Reaper.Notify();
        await Services.Kernel.Reaper.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        int failures = _failures.Count;
        await EachAsync(rejoins, async rejoin =>
        {
            Endpoint? endpoint = _endpoints.Select(static pair => pair.Endpoint).FirstOrDefault(endpoint => endpoint.Id.Value == rejoin.EndpointId);
            if (endpoint is { IsDeleted: false, State.SandboxId: null })
            {
                JoinOptions how = new()
                {
                    GatewayPriority = rejoin.GatewayPriority,
                    InterfaceName = rejoin.InterfaceName is { } name ? new InterfaceName(name) : null,
                };
                await endpoint.JoinAsync(sandbox, how, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        if (_failures.Count == failures)
        {
            await EachAsync([sandbox], whole => whole.SaveAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what carries our mark in the kernel and is on no record. Everything on record has been taken up.</summary>
    private async Task RemoveLeftoversAsync(int recorded, CancellationToken cancellationToken)
    {
        if (recorded == 0)
        {
            await EachAsync([0], _ => RemoveRulesAsync(cancellationToken)).ConfigureAwait(false);
        }

        foreach (ILeftoverDriver driver in controller.AllDrivers.OfType<ILeftoverDriver>())
        {
            await EachAsync([driver], async one => _removed.AddRange(await one.RemoveLeftoversAsync(cancellationToken).ConfigureAwait(false)))
                .ConfigureAwait(false);
        }

        if (!Services.Kernel.IsSubstitute)
        {
            Rehearsal.Sweep(Path.GetDirectoryName(Services.NamespaceDirectory)!);   // it is a folder in the run directory
        }

        await EachAsync(
            Services.Kernel.ListPins(Services.NamespaceDirectory).Except(_sandboxes.Select(pair => pair.Sandbox.NamespacePath)).ToList(),
            path => RemoveNamespaceAsync(path, cancellationToken)).ConfigureAwait(false);
    }

    private async Task RemoveRulesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Services.Firewall.ReplaceAsync(static () => ValueTask.FromResult(true), cancellationToken).ConfigureAwait(false);
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.EOPNOTSUPP or LinuxErrno.EPROTONOSUPPORT or LinuxErrno.EINVAL)
        {
            // A kernel without nftables holds no rules of ours; whether a network needs them is seen when one is made.
        }
    }

    private async Task RemoveNamespaceAsync(string path, CancellationToken cancellationToken)
    {
        string name = Path.GetFileName(path);
        if (name.Length != ShortId || !name.All(char.IsAsciiHexDigitLower))
        {
            return;   // somebody else's
        }

        string? mark = await SandboxNamespace.ReadMarkAsync(Services.Kernel, path, cancellationToken).ConfigureAwait(false);
        if (SandboxMark.Read(Services.Kernel.HostNamespace, mark) is { } known)
        {
            await Services.Kernel.RunAsync(
                static (session, pin) =>
                {
                    session.UnpinNamespace(pin);
                    return true;
                },
                path,
                CancellationToken.None).ConfigureAwait(false);
            _removed.Add($"sandbox {known.Id} of container \"{known.ContainerId}\"");
        }
    }

    private async Task SaveAsync(Network network, CancellationToken cancellationToken)
        => await Services.Store.TryCommitAsync(StoreRecords.Put(network.State, RecordPhase.Ready), cancellationToken).ConfigureAwait(false);

    private Task RemoveAsync(bool mustGo, string subject, Func<Task> delete) => EachAsync<string>(
        mustGo ? [subject] : [],
        async removed =>
        {
            await delete().ConfigureAwait(false);
            _removed.Add(removed);
        });
}
