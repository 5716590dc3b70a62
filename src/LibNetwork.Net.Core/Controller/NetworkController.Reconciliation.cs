using LibNetwork.Drivers;
using LibNetwork.Firewall.Foreign;
using LibNetwork.Linux;
using LibNetwork.Reconciliation;

namespace LibNetwork.Controller;

public sealed partial class NetworkController
{
    private readonly bool _reconciles;
    private readonly SemaphoreSlim _reconcilingTurn = new(1, 1);
    private volatile Reconciler? _reconciler;

    /// <inheritdoc/>
    public async Task<Diagnosis> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        Comparison comparison = new(Repair: false, Timeout.InfiniteTimeSpan);
        Network[] networks = [.. _networks.Values];
        Sandbox[] sandboxes = [.. _sandboxes.Values];
        List<Finding> findings = [];
        List<NetworkException> failures = [];
        KeptForeignRules foreignRules = new(Services.Firewall);
        foreach (IKept kept in (IEnumerable<IKept>)[new KeptFirewall(Services.Firewall), foreignRules, .. networks, .. sandboxes])
        {
            try
            {
                findings.AddRange(await kept.ReconcileAsync(comparison, cancellationToken).ConfigureAwait(false) ?? []);
            }
            catch (NetworkException failure)
            {
                failures.Add(failure);
            }
            catch (KernelException refused)
            {
                failures.Add(KernelErrors.Translate(kept.Subject, refused));
            }
        }

        try
        {
            findings.AddRange(await ForeignDrops.FindAsync(
                Services.Kernel, [.. networks.SelectMany(InterfacesOf)], integrates: foreignRules.IsWanted, cancellationToken).ConfigureAwait(false));
        }
        catch (KernelException refused)
        {
            failures.Add(KernelErrors.Translate("packet rules of others", refused));
        }

        Reconciler? reconciler = _reconciler;
        if (reconciler is { SeesSandboxes: false })
        {
            findings.Add(new Difference(FindingKind.NotWatched, "changes inside sandboxes are heard", "the process lacks CAP_NET_BROADCAST")
            {
                Remedy = "give the process CAP_NET_BROADCAST",
            }.Of("sandboxes"));
        }

        return new Diagnosis
        {
            IsReconciling = reconciler is not null,
            Networks = networks.Length,
            Sandboxes = sandboxes.Length,
            Findings = findings,
            Failures = failures,
        };
    }

    private static IEnumerable<(Network Network, string Interface)> InterfacesOf(Network network)
        => network.State.Internal || network.Driver is not IReconcilableDriver driver
            ? []
            : driver.GetHostInterfaces(network.Id).Select(name => (network, name.Value));

    /// <summary>Begins to watch the kernel, if that is wanted and not so already.</summary>
    private async ValueTask StartReconcilingAsync(CancellationToken cancellationToken)
    {
        if (!_reconciles || _reconciler is not null)
        {
            return;
        }

        if (Services.Kernel.IsSubstitute)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, "reconciliation", "what stands in for the kernel does not tell of its changes")
            {
                Remedy = $"leave {nameof(LibNetworkOptions)}.{nameof(LibNetworkOptions.Reconcile)} off, and ask {nameof(DiagnoseAsync)}",
            };
        }

        await _reconcilingTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            if (_reconciler is null)
            {
                Reconciler started = await Reconciler.StartAsync(this, cancellationToken).ConfigureAwait(false);
                _reconciler = started;
                foreach (Sandbox sandbox in _sandboxes.Values)
                {
                    await started.AddAsync(sandbox, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _reconcilingTurn.Release();
        }
    }

    /// <summary>Has a new sandbox watched.</summary>
    private async ValueTask KeepAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        await StartReconcilingAsync(cancellationToken).ConfigureAwait(false);
        if (_reconciler is { } reconciler)
        {
            await reconciler.AddAsync(sandbox, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask StopReconcilingAsync()
    {
        await _reconcilingTurn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_reconciler is { } reconciler)
            {
                await reconciler.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _reconcilingTurn.Release();
        }
    }
}
