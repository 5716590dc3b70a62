using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall;

/// <summary>Optional part of a firewall: compares what it has in the kernel with what should be there, and puts it back. Found by a type test.</summary>
public interface IReconcilableFirewall
{
    /// <summary>The names of its nftables tables: a change to one of them by somebody else is the sign to compare.</summary>
    IReadOnlyCollection<string> TableNames { get; }

    /// <summary>Compares the whole, and repairs it in one atomic change if that is asked for.</summary>
    /// <returns>What is, or before the repair was, not as it should be.</returns>
    ValueTask<IReadOnlyList<Finding>> ReconcileAsync(bool repair, CancellationToken cancellationToken = default);
}
