using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver : ILeftoverDriver
{
    public async ValueTask<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken = default)
    {
        HashSet<string> known =
        [
            .. _encryption.Interfaces.Select(static name => name.Value),
            .. _endpoints.Values.Select(static endpoint => endpoint.Port?.Value).OfType<string>(),
            .. _networks.Values.Where(static network => network.IsBuilt).SelectMany(NamesOf),
        ];
        return await _kernel.RunAsync(
            static IReadOnlyList<string> (session, state) =>
            {
                state.Self._members.RemoveLeftovers(session);
                return Condemn(session, state.known);
            },
            (Self: this, known),
            cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<string> NamesOf(OverlayNetwork network) => network.Segments.Select(static segment => segment.Tunnel.Value).Prepend(network.BridgeName.Value);

    private static List<string> Condemn(KernelSession session, HashSet<string> known)
    {
        List<string> removed = [];
        foreach (LinkInfo link in session.Route.DumpLinks()
            .Where(link => link.Group != LinkReaper.CondemnedGroup && OverlayMarks.IsOne(link.Alias) && !known.Contains(link.Name)))
        {
            session.Route.Batch.ChangeLink(link.Index, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
            removed.Add($"interface \"{link.Name}\" ({link.Alias})");
        }

        session.Route.ExecuteUnlessGone();
        session.Reaper.Notify();
        return removed;
    }
}
