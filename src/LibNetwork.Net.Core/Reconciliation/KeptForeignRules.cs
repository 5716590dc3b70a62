using LibNetwork.Firewall;

namespace LibNetwork.Reconciliation;

/// <summary>The rules of ours in chains of others. Apart from our own tables, so that a quarrel about the former delays no repair of the latter.</summary>
internal sealed class KeptForeignRules(INetworkFirewall firewall) : IKept
{
    private readonly NftFirewall? _firewall = firewall as NftFirewall;

    public string Subject => "packet rules of others";

    /// <summary>Whether there is anything to keep.</summary>
    public bool IsWanted => _firewall?.Integrates == true;

    public async ValueTask<IReadOnlyList<Finding>?> ReconcileAsync(Comparison comparison, CancellationToken cancellationToken)
        => !IsWanted || _firewall is null || comparison.OnlySilentChanges
            ? []
            : await _firewall.ReconcileForeignAsync(comparison.Repair, cancellationToken).ConfigureAwait(false);
}
