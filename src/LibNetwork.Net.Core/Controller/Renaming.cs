using LibNetwork.Stores;

namespace LibNetwork.Controller;

/// <summary>Gives endpoints another name, all of them or none: one commit makes it real.</summary>
internal static class Renaming
{
    /// <summary>Renames.</summary>
    /// <param name="subject">What is renamed, for errors.</param>
    /// <param name="name">The new name.</param>
    /// <param name="endpoints">Whose; those that have the name already are left alone.</param>
    /// <param name="isMeant">Looks at an endpoint in its turn, and says whether it is one still.</param>
    /// <param name="services">What the controller works with.</param>
    /// <param name="cancellationToken">Cancels the verb; then all have their old names.</param>
    public static async Task RunAsync(
        string subject, string name, IEnumerable<Endpoint> endpoints, Func<Endpoint, bool> isMeant, ControllerServices services, CancellationToken cancellationToken)
    {
        List<Endpoint> entered = [];
        try
        {
            // Always in this order, so that two that rename do not wait for each other.
            foreach (Endpoint endpoint in endpoints.OrderBy(static endpoint => endpoint.Id.Value, StringComparer.Ordinal))
            {
                await endpoint.EnterAsync(cancellationToken).ConfigureAwait(false);
                entered.Add(endpoint);
            }

            Endpoint[] meant = [.. entered.Where(endpoint => isMeant(endpoint) && endpoint.Name != name)];
            if (meant.Length > 0)
            {
                await Verb.RunAsync(subject, services.Logger, undo => RenameAsync(name, meant, services, undo, cancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (Endpoint endpoint in entered)
            {
                endpoint.Exit();
            }
        }
    }

    private static async Task<bool> RenameAsync(
        string name, IReadOnlyList<Endpoint> endpoints, ControllerServices services, UndoStack undo, CancellationToken cancellationToken)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            await endpoint.BeginRenameAsync(name, undo, cancellationToken).ConfigureAwait(false);
        }

        // Pushed first: a write that fails may have happened all the same.
        undo.Push(async () => await services.Store.TryCommitAsync(Records(endpoints, static endpoint => endpoint.Name), CancellationToken.None).ConfigureAwait(false));
        await services.Store.TryCommitAsync(Records(endpoints, _ => name), cancellationToken).ConfigureAwait(false);
        foreach (Endpoint endpoint in endpoints)
        {
            endpoint.FinishRename(name);
        }

        return true;
    }

    private static StoreTransaction Records(IReadOnlyList<Endpoint> endpoints, Func<Endpoint, string> nameOf) => new()
    {
        Puts = [.. endpoints.SelectMany(endpoint => endpoint.RecordAs(nameOf(endpoint)).Puts)],
        Durability = StoreDurability.Disk,
    };
}
