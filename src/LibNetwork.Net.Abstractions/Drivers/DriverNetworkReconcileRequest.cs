namespace LibNetwork.Drivers;

/// <summary>A network to compare with the kernel.</summary>
public sealed record DriverNetworkReconcileRequest
{
    /// <summary>The network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>Whether to put back what is missing; otherwise nothing is touched.</summary>
    public required bool Repair { get; init; }

    /// <summary>
    /// Whether to compare only what the kernel announces no change of, such as most parameters of an interface. Asked every second for
    /// every network, so it should cost one request to the kernel.
    /// </summary>
    public bool OnlySilentChanges { get; init; }
}
