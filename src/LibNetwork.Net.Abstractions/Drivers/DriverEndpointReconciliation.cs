using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers;

/// <summary>What a driver found about a joined endpoint, and did.</summary>
public sealed record DriverEndpointReconciliation
{
    /// <summary>What is, or before the repair was, not as it should be.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>
    /// The answer to a new join, when the interface had to be made anew; the controller then furnishes it. <see langword="null"/> when the
    /// interface in the sandbox is the same as before.
    /// </summary>
    public DriverJoin? NewJoin { get; init; }
}
