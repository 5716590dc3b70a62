namespace LibNetwork.Drivers;

/// <summary>A joined endpoint to compare with the kernel.</summary>
public sealed record DriverEndpointReconcileRequest
{
    /// <summary>The endpoint and its sandbox, as when it joined.</summary>
    public required DriverJoinRequest Join { get; init; }

    /// <summary>Whether its interface is not in the sandbox any more.</summary>
    public bool IsInterfaceMissing { get; init; }

    /// <summary>Whether to put back what is missing; otherwise nothing is touched.</summary>
    public required bool Repair { get; init; }
}
