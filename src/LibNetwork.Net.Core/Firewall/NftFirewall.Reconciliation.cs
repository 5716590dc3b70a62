using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall;

/// <content>Comparing with the kernel, and putting back.</content>
internal sealed partial class NftFirewall : IReconcilableFirewall
{
    public IReadOnlyCollection<string> TableNames { get; } = [RoutedTable.Table];   // both tables have one name

    public ValueTask<IReadOnlyList<Finding>> ReconcileAsync(bool repair, CancellationToken cancellationToken = default)
        => kernel.RunAsync(static (session, state) => state.self.Reconcile(session, state.repair), (self: this, repair), cancellationToken);

    private IReadOnlyList<Finding> Reconcile(KernelSession session, bool repair)
    {
        if (IsOnlyTold || _networks.Count == 0)
        {
            return [];   // nothing is ours to keep: what an earlier process left is the restoring's business
        }

        NftRuleset present = session.Nftables.ReadRuleset(family: null, RoutedTable.Table);
        TableComparison routed = RoutedTable.Compare(session.Nftables, present, _isComplete, _networks.Values, _links, _ports, _egress);
        TableComparison bridged = BridgedTable.Compare(session.Nftables, present, _isComplete, BridgedEndpoints, _links);
        IReadOnlyList<Finding> findings = [.. routed.Findings, .. bridged.Findings];
        if (repair && findings.Count > 0)
        {
            // A table without its shape is made anew, the other one keeps what is on its way through it.
            Replace(session, present with { Tables = [.. present.Tables.Where(HasShape)] }, _isComplete);
        }

        return findings;

        bool HasShape(NftTable table) => table.Family == NftFamily.Inet ? routed.HasShape : bridged.HasShape;
    }
}
