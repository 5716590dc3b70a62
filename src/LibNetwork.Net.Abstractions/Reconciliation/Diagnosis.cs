namespace LibNetwork.Reconciliation;

/// <summary>What <see cref="INetworkController.DiagnoseAsync"/> found.</summary>
public sealed record Diagnosis
{
    /// <summary>Whether changes are watched and repaired at the moment.</summary>
    public bool IsReconciling { get; init; }

    /// <summary>How many networks were compared.</summary>
    public int Networks { get; init; }

    /// <summary>How many sandboxes were compared, with what is joined to them.</summary>
    public int Sandboxes { get; init; }

    /// <summary>The differences; empty when all is well.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What could not be compared, and why.</summary>
    public IReadOnlyList<NetworkException> Failures { get; init; } = [];
}
