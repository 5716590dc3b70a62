using LibNetwork.Controller;
using LibNetwork.Linux;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Reconciliation;

/// <content>Repairing one thing, and saying so.</content>
internal sealed partial class Reconciler
{
    private async Task MendAsync(IKept kept)
    {
        RepairHistory history = HistoryOf(kept);
        if (history.IsReported && history.IsResting(Now))
        {
            _retries[kept] = history.NotBefore;
            return;
        }

        (IReadOnlyList<Finding>? found, NetworkException? failure) = await TryAsync(kept, new Comparison(Repair: false, Patience)).ConfigureAwait(false);
        if (failure is not null)
        {
            Fail(kept, history, [], failure);
            return;
        }

        if (found is null)
        {
            _retries[kept] = Now + RetryTime;   // a verb is working on it
            return;
        }

        TellLeftAlone(kept, history, found);
        Finding[] mendable = [.. found.Where(finding => finding.CanBeRepaired)];
        if (mendable.Length == 0)
        {
            return;
        }

        if (history.IsResting(Now))
        {
            history.IsReported = true;
            _retries[kept] = history.NotBefore;
            Log.RepairSuspended(Services.Logger, kept.Subject, history.NotBefore, mendable[0]);
            Tell(kept, RepairOutcome.Suspended, mendable, nextTry: history.NotBefore);
            return;
        }

        await RepairAsync(kept, history, mendable).ConfigureAwait(false);
    }

    private async Task RepairAsync(IKept kept, RepairHistory history, Finding[] mendable)
    {
        (IReadOnlyList<Finding>? repaired, NetworkException? failure) = await TryAsync(kept, new Comparison(Repair: true, Patience)).ConfigureAwait(false);
        if (repaired is null && failure is null)
        {
            _retries[kept] = Now + RetryTime;
            return;
        }

        IReadOnlyList<Finding>? left = null;
        if (failure is null)
        {
            (left, failure) = await TryAsync(kept, new Comparison(Repair: false, Patience)).ConfigureAwait(false);
        }

        Finding[] stubborn = [.. (left ?? []).Where(finding => finding.CanBeRepaired)];
        if (failure is not null || stubborn.Length > 0)
        {
            Fail(kept, history, stubborn.Length > 0 ? stubborn : mendable, failure);
            return;
        }

        history.Count(Now, failed: false);
        Finding[] done = [.. repaired!.Where(finding => finding.CanBeRepaired)];   // null was handled above
        if (done.Length > 0)
        {
            Log.Repaired(Services.Logger, kept.Subject, done.Length, done[0]);
            Tell(kept, RepairOutcome.Repaired, done);
        }
    }

    private void Fail(IKept kept, RepairHistory history, Finding[] left, NetworkException? failure)
    {
        history.Count(Now, failed: true);
        _retries[kept] = history.NotBefore;
        Log.RepairFailed(Services.Logger, failure, kept.Subject, history.NotBefore);
        Tell(kept, RepairOutcome.Failed, left, failure, history.NotBefore);
    }

    /// <summary>Reports what is not ours to repair, once while it lasts.</summary>
    private void TellLeftAlone(IKept kept, RepairHistory history, IReadOnlyList<Finding> found)
    {
        Finding[] foreign = [.. found.Where(finding => !finding.CanBeRepaired)];
        bool hasNew = foreign.Any(finding => !history.LeftAlone.Contains(finding.ToString()));
        history.LeftAlone = foreign.Select(finding => finding.ToString()).ToHashSet(StringComparer.Ordinal);
        if (hasNew)
        {
            Log.LeftAlone(Services.Logger, kept.Subject, foreign[0]);
            Tell(kept, RepairOutcome.LeftAlone, foreign);
        }
    }

    private void Tell(
        IKept kept, RepairOutcome outcome, IReadOnlyList<Finding> findings, NetworkException? failure = null, DateTimeOffset? nextTry = null)
        => Services.Events.Publish(new RepairEvent
        {
            Time = Now,
            Subject = kept.Subject,
            Outcome = outcome,
            Findings = findings,
            Failure = failure,
            NextTry = nextTry,
        });

    private async ValueTask<(IReadOnlyList<Finding>? Findings, NetworkException? Failure)> TryAsync(IKept kept, Comparison comparison)
    {
        try
        {
            // A repair that has begun runs to its end; disposing waits for it.
            return (await kept.ReconcileAsync(comparison, comparison.Repair ? CancellationToken.None : _stop.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw;
        }
        catch (NetworkException failure)
        {
            return (null, failure);
        }
        catch (KernelException refused)
        {
            return (null, KernelErrors.Translate(kept.Subject, refused));
        }
        catch (Exception exception)
        {
            return (null, new NetworkException(NetworkErrorKind.Internal, kept.Subject, exception.Message, exception));   // a driver's own failure must not end the watching
        }
    }

    private RepairHistory HistoryOf(IKept kept)
    {
        if (!_histories.TryGetValue(kept, out RepairHistory? history))
        {
            history = new RepairHistory();
            _histories.Add(kept, history);
        }

        return history;
    }
}
