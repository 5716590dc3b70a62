namespace LibNetwork.Reconciliation;

/// <summary>How something is compared with the kernel.</summary>
/// <param name="Repair">Whether to put back what is missing.</param>
/// <param name="Patience">How long to wait for a gap between its verbs.</param>
internal readonly record struct Comparison(bool Repair, TimeSpan Patience)
{
    /// <summary>Whether to compare only what the kernel announces no change of.</summary>
    public bool OnlySilentChanges { get; init; }
}
