using LibNetwork.Firewall;

namespace LibNetwork.Reconciliation;

/// <summary>The firewall as something that the kernel should hold.</summary>
internal sealed class KeptFirewall(INetworkFirewall firewall) : IKept
{
    private readonly IReconcilableFirewall? _firewall = firewall as IReconcilableFirewall;

    public string Subject => "firewall";

    public bool Holds(IReadOnlySet<string> tables) => _firewall?.TableNames.Any(tables.Contains) == true;

    public async ValueTask<IReadOnlyList<Finding>?> ReconcileAsync(Comparison comparison, CancellationToken cancellationToken)
        => _firewall is null || comparison.OnlySilentChanges ? [] : await _firewall.ReconcileAsync(comparison.Repair, cancellationToken).ConfigureAwait(false);
}
