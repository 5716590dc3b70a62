using LibNetwork.Linux;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>
/// Brings back what an earlier process left. First everything becomes an object again, also what was half made or half removed; then
/// those are deleted by the verbs that know how.
/// </summary>
internal sealed class Restoration(NetworkController controller)
{
    private readonly List<(RecordPhase Phase, Network Network)> _networks = [];
    private readonly List<(RecordPhase Phase, Sandbox Sandbox)> _sandboxes = [];
    private readonly List<(RecordPhase Phase, Endpoint Endpoint, KeptEndpoint Kept)> _endpoints = [];
    private readonly HashSet<string> _sandboxKeys = [];   // those that live, and those that nobody could find out about
    private readonly List<string> _removed = [];
    private readonly List<NetworkException> _failures = [];

    private ControllerServices Services => controller.Services;

    public async Task<RestoreReport> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<StoreEntry> networks = await ListAsync(StoreKeys.Networks, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<StoreEntry> endpoints = await ListAsync(StoreKeys.Endpoints, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<StoreEntry> sandboxes = await ListAsync(StoreKeys.Sandboxes, cancellationToken).ConfigureAwait(false);
        _sandboxKeys.UnionWith(sandboxes.Select(entry => entry.Key));
        if (networks.Count + endpoints.Count + sandboxes.Count > 0)
        {
            await Services.Firewall.ReplaceAsync(
                async () =>
                {
                    await RestoreNetworksAsync(networks, cancellationToken).ConfigureAwait(false);
                    await EachAsync(endpoints, entry => RestoreEndpointAsync(entry, cancellationToken)).ConfigureAwait(false);
                    await EachAsync(sandboxes, entry => RestoreSandboxAsync(entry, cancellationToken)).ConfigureAwait(false);
                    return _failures.Count == 0;   // what could not be restored may live, and stays protected
                },
                cancellationToken).ConfigureAwait(false);
            await RemoveRemainsAsync(cancellationToken).ConfigureAwait(false);
        }

        Services.Kernel.Reaper.Notify();   // what an earlier process condemned
        RestoreReport report = new()
        {
            Networks = controller.Networks.Count,
            Sandboxes = controller.Sandboxes.Count,
            Endpoints = controller.Networks.Sum(network => network.Endpoints.Count),
            Removed = _removed,
            Failures = _failures,
        };
        NetworkController.LogRestored(Services.Logger, report);
        return report;
    }

    private ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken)
        => Services.Store.ListAsync(prefix, cancellationToken);

    private async Task EachAsync<TItem>(IEnumerable<TItem> items, Func<TItem, Task> restore)
    {
        foreach (TItem item in items)
        {
            try
            {
                await restore(item).ConfigureAwait(false);
            }
            catch (NetworkException failure)
            {
                _failures.Add(failure);
            }
            catch (KernelException refused)
            {
                _failures.Add(KernelErrors.Translate("restoring", refused));
            }
            catch (AggregateException several)
            {
                _failures.Add(new NetworkException(NetworkErrorKind.Internal, "restoring", several.Message, several));
            }
        }
    }

    /// <summary>The oldest first: what IPAM allows can depend on the order, such as a range of a subnet that another network has whole.</summary>
    private async Task RestoreNetworksAsync(IReadOnlyList<StoreEntry> entries, CancellationToken cancellationToken)
    {
        List<(RecordPhase Phase, NetworkState State)> networks = [];
        await EachAsync(entries, entry =>
        {
            networks.Add(StoreRecords.ReadNetwork(entry, controller.ScopeOf));
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        await EachAsync(networks.OrderBy(static network => network.State.Created), async network =>
            _networks.Add((network.Phase, await controller.RestoreNetworkAsync(network.State, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
    }

    private async Task RestoreEndpointAsync(StoreEntry entry, CancellationToken cancellationToken)
    {
        (RecordPhase phase, KeptEndpoint kept) = StoreRecords.ReadEndpoint(entry);
        if (_networks.Find(candidate => candidate.Network.Id == kept.State.NetworkId).Network is not { } network)
        {
            throw new NetworkException(
                NetworkErrorKind.NotFound, $"endpoint \"{kept.State.Name}\"", $"network {kept.State.NetworkId} could not be restored");
        }

        _endpoints.Add((phase, await network.RestoreEndpointAsync(kept, cancellationToken).ConfigureAwait(false), kept));
    }

    private async Task RestoreSandboxAsync(StoreEntry entry, CancellationToken cancellationToken)
    {
        (RecordPhase phase, SandboxState state, IReadOnlyDictionary<string, string> options) = StoreRecords.ReadSandbox(entry);
        if (await controller.RestoreSandboxAsync(state, options, cancellationToken).ConfigureAwait(false) is not { } sandbox)
        {
            _sandboxKeys.Remove(entry.Key);
            _removed.Add($"sandbox of container \"{state.ContainerId}\"");
            return;
        }

        _sandboxes.Add((phase, sandbox));
        _removed.AddRange(await sandbox.RestoreAsync(
            [.. _endpoints.Where(joined => joined.Kept.State.SandboxId == state.Id).Select(joined => (joined.Endpoint, joined.Kept))],
            cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Deletes what was under way, and endpoints whose sandbox is gone; endpoints first, networks last.</summary>
    private async Task RemoveRemainsAsync(CancellationToken cancellationToken)
    {
        foreach ((RecordPhase phase, Endpoint endpoint, _) in _endpoints)
        {
            bool isOrphan = endpoint.State.SandboxId is { } joined && !_sandboxKeys.Contains(StoreKeys.Sandbox(joined));
            await RemoveAsync(phase != RecordPhase.Ready || isOrphan, endpoint.Subject, () => endpoint.DeleteAsync(force: true, cancellationToken))
                .ConfigureAwait(false);
        }

        foreach ((RecordPhase phase, Sandbox sandbox) in _sandboxes)
        {
            await RemoveAsync(phase != RecordPhase.Ready, sandbox.Subject, () => sandbox.DeleteAsync(cancellationToken)).ConfigureAwait(false);
        }

        foreach ((RecordPhase phase, Network network) in _networks)
        {
            bool isUnderWay = phase != RecordPhase.Ready && !network.Driver.Capabilities.IsSingleton;   // those are whole at once
            await RemoveAsync(isUnderWay, network.Subject, () => network.DeleteAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    private Task RemoveAsync(bool mustGo, string subject, Func<Task> delete) => EachAsync<string>(
        mustGo ? [subject] : [],
        async removed =>
        {
            await delete().ConfigureAwait(false);
            _removed.Add(removed);
        });
}
