namespace LibNetwork.Reconciliation;

/// <summary>Something that the kernel should hold, and that can be compared with it.</summary>
internal interface IKept
{
    string Subject { get; }

    /// <summary>Compares it with the kernel between its verbs, and repairs it if that is asked for.</summary>
    /// <returns>
    /// What is, or before the repair was, not as it should be; empty for what is deleted or never was there; <see langword="null"/> when its
    /// verbs left no gap in time.
    /// </returns>
    ValueTask<IReadOnlyList<Finding>?> ReconcileAsync(Comparison comparison, CancellationToken cancellationToken);
}
