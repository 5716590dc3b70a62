using LibNetwork.Firewall.Foreign;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall;

/// <content>Rules of ours in chains of others, whose policy would drop what is forwarded.</content>
internal sealed partial class NftFirewall
{
    /// <summary>Whether there are such rules.</summary>
    public bool Integrates => IsInForce && foreignFirewall == ForeignFirewall.Integrate;

    /// <summary>Compares them with what should be, and puts them in place if that is asked for.</summary>
    public ValueTask<IReadOnlyList<Finding>> ReconcileForeignAsync(bool repair, CancellationToken cancellationToken)
        => kernel.RunAsync(static (session, state) => state.self.ReconcileForeign(session, state.repair), (self: this, repair), cancellationToken);

    private IReadOnlyList<Finding> ReconcileForeign(KernelSession session, bool repair)
    {
        if (!Integrates || _replacing || _networks.Count == 0)
        {
            return [];
        }

        IReadOnlyList<ForeignChainComparison> differing = CompareForeign(session, _networks.Values, _isComplete);
        if (repair && differing.Count > 0)
        {
            Commit(session, transaction => Write(transaction, differing));
        }

        return [.. differing.SelectMany(static comparison => comparison.Findings())];
    }

    /// <summary>Has the chains of others let these networks' packets pass, in the transaction that changes our own tables.</summary>
    private void WriteForeign(KernelSession session, NftTransaction transaction, IReadOnlyCollection<FirewallNetwork> networks)
    {
        if (Integrates)
        {
            Write(transaction, CompareForeign(session, networks, _isComplete));
        }
    }

    private static void Write(NftTransaction transaction, IReadOnlyList<ForeignChainComparison> differing)
    {
        foreach (ForeignChainComparison comparison in differing)
        {
            comparison.Write(transaction);
        }
    }

    private IReadOnlyList<ForeignChainComparison> CompareForeign(KernelSession session, IReadOnlyCollection<FirewallNetwork> networks, bool isComplete)
        => ForeignChainComparison.Of(session.Nftables.ReadChains(ForeignChain.CanBeIn), Integrates ? networks : [], isComplete ? null : _networks.Keys);
}
