using LibNetwork.Controller.Outlining;
using LibNetwork.Firewall;
using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <content>Taking up a part, where the process before left an outline of all.</content>
internal sealed partial class Restoration
{
    /// <returns><see langword="null"/> when everything must be taken up; nothing has been then.</returns>
    private async Task<RestoreReport?> TryTakeUpAsync(RestoreScope scope, CancellationToken cancellationToken)
    {
        if (controller.Outlines.Take() is not { } outline || Services.Firewall is not IResumableFirewall firewall
            || outline.Place != controller.Place || OutlineSelection.Of(outline, scope) is not { } selection
            || await ReadAsync(selection, cancellationToken).ConfigureAwait(false) is not { } entries
            || await firewall.ReadIdentityAsync(cancellationToken).ConfigureAwait(false) != outline.Firewall)
        {
            return null;
        }

        await firewall.ResumeAsync(() => TakeUpAsync(entries.Networks, entries.Endpoints, entries.Sandboxes, cancellationToken), selection.IsAll, cancellationToken)
            .ConfigureAwait(false);
        if (_failures.Count > 0)
        {
            throw _failures[0];
        }

        Outline rest = selection.Rest;
        controller.Keep(rest);
        foreach (IGrouping<NetworkId, OutlinedEndpoint> others in rest.Endpoints.GroupBy(static endpoint => endpoint.NetworkId))
        {
            if (_networks.TryGetValue(others.Key, out (RecordPhase, Network Network) owner))
            {
                await owner.Network.KeepAsync([.. others], cancellationToken).ConfigureAwait(false);
            }
        }

        await RemoveRemainsAsync(cancellationToken).ConfigureAwait(false);
        controller.IsWhole = _failures.Count == 0;
        NetworkId inScope = selection.Networks.First(network => network.Name == scope.Network).Id;
        return Report() with { IsPartial = !selection.IsAll, Dormant = rest.Endpoints.Count(endpoint => endpoint.NetworkId == inScope) };
    }

    /// <returns><see langword="null"/> when the store has not all of what the outline says.</returns>
    private async Task<(IReadOnlyList<StoreEntry> Networks, IReadOnlyList<StoreEntry> Endpoints, IReadOnlyList<StoreEntry> Sandboxes)?> ReadAsync(
        OutlineSelection selection, CancellationToken cancellationToken)
        => await ReadAsync(selection.Networks.Select(static network => StoreKeys.Network(network.Id)), cancellationToken).ConfigureAwait(false) is { } networks
            && await ReadAsync(selection.Endpoints.Select(static endpoint => StoreKeys.Endpoint(endpoint.NetworkId, endpoint.Id)), cancellationToken).ConfigureAwait(false) is { } endpoints
            && await ReadAsync(selection.Sandboxes.Select(static sandbox => StoreKeys.Sandbox(sandbox.Id)), cancellationToken).ConfigureAwait(false) is { } sandboxes
            ? (networks, endpoints, sandboxes)
            : null;

    private async Task<IReadOnlyList<StoreEntry>?> ReadAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        List<StoreEntry> entries = [];
        foreach (string key in keys)
        {
            if (await Services.Store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry)
            {
                return null;
            }

            entries.Add(entry);
        }

        return entries;
    }
}
