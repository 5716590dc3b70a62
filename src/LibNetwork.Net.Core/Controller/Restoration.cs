using System.Text;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>
/// Brings back what an earlier process left. First everything becomes an object again, also what was half made or half removed; then
/// those are deleted by the verbs that know how; last, what carries our mark in the kernel and is on no record is removed.
/// </summary>
internal sealed partial class Restoration(NetworkController controller)
{
    private readonly Dictionary<NetworkId, (RecordPhase Phase, Network Network)> _networks = [];
    private readonly List<(RecordPhase Phase, Sandbox Sandbox)> _sandboxes = [];
    private readonly List<(RecordPhase Phase, Endpoint Endpoint)> _endpoints = [];
    private readonly Dictionary<SandboxId, List<(Endpoint Endpoint, KeptEndpoint Kept)>> _joined = [];
    private readonly List<(Sandbox Sandbox, IReadOnlyList<RejoinRecord> Rejoins)> _refreshed = [];
    private readonly HashSet<string> _sandboxKeys = [];   // those that live, and those that nobody could find out about
    private readonly List<string> _removed = [];
    private readonly List<NetworkException> _failures = [];

    private ControllerServices Services => controller.Services;

    /// <param name="scope">What is needed; <see langword="null"/> for everything.</param>
    /// <param name="cancellationToken">Cancels the restore; everything stays as it is for the next process.</param>
    public async Task<RestoreReport> RunAsync(RestoreScope? scope, CancellationToken cancellationToken)
    {
        await HostOwnership.EnsureAsync(Services.Kernel, cancellationToken).ConfigureAwait(false);
        RestoreReport report = scope is not null && await TryTakeUpAsync(scope, cancellationToken).ConfigureAwait(false) is { } part
            ? part
            : await TakeUpAllAsync(cancellationToken).ConfigureAwait(false);
        NetworkController.LogRestored(Services.Logger, report);
        return report;
    }

    private async Task<RestoreReport> TakeUpAllAsync(CancellationToken cancellationToken)
    {
        controller.Outlines.Remove();
        await Services.Kernel.RunAsync(DeleteUnfinishedLinks, 0, cancellationToken).ConfigureAwait(false);
        StoreEntry? setAside = await Services.Store.GetAsync(LostState.Key, cancellationToken).ConfigureAwait(false);
        LostRecords records = new(controller);
        if (setAside is not null && controller.RebuildsLostState)
        {
            await records.RebuildAsync(cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<StoreEntry> networks = await ListAsync(StoreKeys.Networks, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<StoreEntry> endpoints = await ListAsync(StoreKeys.Endpoints, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<StoreEntry> sandboxes = await ListAsync(StoreKeys.Sandboxes, cancellationToken).ConfigureAwait(false);
        StoreEntry? lost = await Services.Store.GetAsync(LostState.Key, cancellationToken).ConfigureAwait(false);
        if (networks.Count + endpoints.Count + sandboxes.Count > 0 || lost is not null)
        {
            await Services.Firewall.ReplaceAsync(
                async () =>
                {
                    await TakeUpAsync(networks, endpoints, sandboxes, cancellationToken).ConfigureAwait(false);
                    return IsComplete(lost);
                },
                cancellationToken).ConfigureAwait(false);
            await RemoveRemainsAsync(cancellationToken).ConfigureAwait(false);
        }

        if (IsComplete(lost))
        {
            await RemoveLeftoversAsync(networks.Count, cancellationToken).ConfigureAwait(false);
        }

        Services.Cluster?.Announcer.Review();
        await Task.WhenAll(_networks.Values.Select(one => one.Network.RemoteReadyAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        Services.Kernel.Reaper.Notify();   // what an earlier process condemned
        controller.IsWhole = IsComplete(lost);
        return Report() with
        {
            Rebuilt = records.Rebuilt,
            NotRebuilt = records.NotRebuilt,
            LostState = setAside is null ? null : Encoding.UTF8.GetString(setAside.Value.Span),
        };
    }

    /// <summary>Makes objects of what is on record.</summary>
    private async Task TakeUpAsync(
        IReadOnlyList<StoreEntry> networks, IReadOnlyList<StoreEntry> endpoints, IReadOnlyList<StoreEntry> sandboxes, CancellationToken cancellationToken)
    {
        _sandboxKeys.UnionWith(sandboxes.Select(static entry => entry.Key));
        await RestoreNetworksAsync(networks, cancellationToken).ConfigureAwait(false);
        await EachAsync(endpoints, entry => RestoreEndpointAsync(entry, cancellationToken)).ConfigureAwait(false);
        await EachAsync(sandboxes, entry => RestoreSandboxAsync(entry, cancellationToken)).ConfigureAwait(false);
    }

    private RestoreReport Report() => new()
    {
        Networks = controller.Networks.Count,
        Sandboxes = controller.Sandboxes.Count,
        Endpoints = controller.Networks.Sum(static network => network.Endpoints.Count),
        Removed = _removed,
        Failures = _failures,
    };

    private static bool DeleteUnfinishedLinks(KernelSession session, int nothing)
    {
        session.DeleteUnfinishedLinks();
        return true;
    }

    /// <summary>Whether all that lives is known. What is not may live, and stays, and stays protected.</summary>
    private bool IsComplete(StoreEntry? lost) => _failures.Count == 0 && lost is null;

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
        await EachAsync(
            networks.OrderBy(static network => network.State.Created),
            network => RestoreNetworkAsync(network.Phase, network.State, cancellationToken)).ConfigureAwait(false);
        controller.FindTemplateUsers();
    }

    private async Task RestoreNetworkAsync(RecordPhase phase, NetworkState state, CancellationToken cancellationToken)
    {
        try
        {
            _networks.Add(state.Id, (phase, await controller.RestoreNetworkAsync(state, cancellationToken).ConfigureAwait(false)));
        }
        catch (NetworkException failure) when (phase != RecordPhase.Ready && controller.FindDriver(state.Driver) is ILeftoverDriver)
        {
            // It was never promised, or is promised to be gone: what is left of it has no record then, and goes as a leftover.
            await Services.Store.TryCommitAsync(StoreRecords.Delete(StoreKeys.Network(state.Id), StoreDurability.Process), cancellationToken).ConfigureAwait(false);
            _removed.Add($"network \"{state.Name}\" ({failure.Message})");
        }
    }

    private async Task RestoreEndpointAsync(StoreEntry entry, CancellationToken cancellationToken)
    {
        (RecordPhase phase, KeptEndpoint kept) = StoreRecords.ReadEndpoint(entry);
        if (!_networks.TryGetValue(kept.State.NetworkId, out (RecordPhase, Network Network) owner))
        {
            throw new NetworkException(
                NetworkErrorKind.NotFound, $"endpoint \"{kept.State.Name}\"", $"network {kept.State.NetworkId} could not be restored");
        }

        Endpoint endpoint = await owner.Network.RestoreEndpointAsync(kept, phase, cancellationToken).ConfigureAwait(false);
        _endpoints.Add((phase, endpoint));
        if (kept.State.SandboxId is { } sandbox)
        {
            if (!_joined.TryGetValue(sandbox, out List<(Endpoint, KeptEndpoint)>? others))
            {
                _joined[sandbox] = others = [];
            }

            others.Add((endpoint, kept));
        }
    }

    private async Task RestoreSandboxAsync(StoreEntry entry, CancellationToken cancellationToken)
    {
        (RecordPhase phase, SandboxState state, IReadOnlyDictionary<string, string> options, IReadOnlyList<RejoinRecord> rejoins) = StoreRecords.ReadSandbox(entry);
        if (await controller.RestoreSandboxAsync(state, options, cancellationToken).ConfigureAwait(false) is not { } sandbox)
        {
            _sandboxKeys.Remove(entry.Key);
            _removed.Add($"sandbox of container \"{state.ContainerId}\"");
            return;
        }

        _sandboxes.Add((phase, sandbox));
        if (rejoins.Count > 0)
        {
            _refreshed.Add((sandbox, rejoins));
        }

        _removed.AddRange(await sandbox.RestoreAsync(_joined.GetValueOrDefault(state.Id, []), cancellationToken).ConfigureAwait(false));
    }
}
