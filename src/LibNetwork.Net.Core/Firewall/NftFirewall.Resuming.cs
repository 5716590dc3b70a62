using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>Going on from what an earlier process put in place.</content>
internal sealed partial class NftFirewall : IResumableFirewall
{
    private bool _isPart;   // what is in place is right, but not all of it is in the model

    public async ValueTask<string?> ReadIdentityAsync(CancellationToken cancellationToken)
        => IsInForce && !Integrates ? await kernel.RunAsync(static (session, _) => Identify(session), 0, cancellationToken).ConfigureAwait(false) : null;

    public async ValueTask ResumeAsync(Func<Task> changes, bool isComplete, CancellationToken cancellationToken)
    {
        await kernel.RunAsync(static (_, self) => self._replacing = true, this, cancellationToken).ConfigureAwait(false);
        try
        {
            await changes().ConfigureAwait(false);
        }
        catch
        {
            await kernel.RunAsync(static (_, self) => self.Forget(), this, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await kernel.RunAsync(
            static (_, state) =>
            {
                (state.self._replacing, state.self._isComplete, state.self._isPart) = (false, state.isComplete, !state.isComplete);
                return true;
            },
            (self: this, isComplete),
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The tables of our name, by the numbers that the kernel gives no other table while the machine runs.</summary>
    private static string Identify(KernelSession session)
    {
        List<string> tables = [];
        session.Nftables.ReadChains(table =>
        {
            if (table.Name == RoutedTable.Table)
            {
                tables.Add($"{table.Family} {table.Handle} {table.Comment} {table.IsDormant}");
            }

            return false;
        });
        return string.Join(", ", tables);
    }
}
