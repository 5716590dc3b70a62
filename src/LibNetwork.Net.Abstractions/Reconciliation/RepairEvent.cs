namespace LibNetwork.Reconciliation;

/// <summary>The kernel did not hold what it should, and something was done about it, or why not.</summary>
public sealed record RepairEvent : ControllerEvent
{
    /// <summary>What became of it.</summary>
    public required RepairOutcome Outcome { get; init; }

    /// <summary>What was found; after <see cref="RepairOutcome.Failed"/> what is left of it.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Why it failed, when the kernel or a driver said so.</summary>
    public NetworkException? Failure { get; init; }

    /// <summary>When it is tried again; <see langword="null"/> when nothing is left to try.</summary>
    public DateTimeOffset? NextTry { get; init; }
}
