namespace LibNetwork.Reconciliation;

/// <summary>What became of a repair.</summary>
public enum RepairOutcome
{
    /// <summary>Everything that was found is as it should be again.</summary>
    Repaired = 0,

    /// <summary>The repair did not succeed; it is tried again.</summary>
    Failed = 1,

    /// <summary>The same repairs were undone again and again. They are left alone until <see cref="RepairEvent.NextTry"/>.</summary>
    Suspended = 2,

    /// <summary>Nothing was done, because that would touch what is not the controller's.</summary>
    LeftAlone = 3,
}
