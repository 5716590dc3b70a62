using LibNetwork.Drivers;
using LibNetwork.Reconciliation;

namespace LibNetwork.Controller;

/// <content>Comparing with the kernel, and putting back.</content>
internal sealed partial class Network : IKept
{
    /// <summary>Whether the network needs one of these interfaces of the host.</summary>
    public bool Needs(IReadOnlySet<string> hostInterfaces)
        => Driver is IReconcilableDriver driver && driver.GetHostInterfaces(Id).Any(name => hostInterfaces.Contains(name.Value));

    public async ValueTask<IReadOnlyList<Finding>?> ReconcileAsync(Comparison comparison, CancellationToken cancellationToken)
    {
        if (Driver is not IReconcilableDriver driver)
        {
            return [];
        }

        if (!await _turn.WaitAsync(comparison.Patience, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        try
        {
            DriverNetworkReconcileRequest request = new()
            {
                NetworkId = Id,
                Repair = comparison.Repair,
                OnlySilentChanges = comparison.OnlySilentChanges,
            };
            return IsDeleted ? [] : await driver.ReconcileNetworkAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsDeleted
    {
        get
        {
            lock (_gate)
            {
                return _isDeleted;
            }
        }
    }
}
