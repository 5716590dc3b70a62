namespace LibNetwork.Reconciliation;

/// <summary>A finding that does not know yet whose it is.</summary>
internal sealed record Difference(FindingKind Kind, string Wanted, string Found)
{
    /// <summary>Set when it is not ours to repair: what helps.</summary>
    public string? Remedy { get; init; }

    public Finding Of(string subject, NetworkId? networkId = null, EndpointId? endpointId = null, SandboxId? sandboxId = null) => new()
    {
        Kind = Kind,
        Subject = subject,
        Wanted = Wanted,
        Found = Found,
        Remedy = Remedy,
        CanBeRepaired = Remedy is null,
        NetworkId = networkId,
        EndpointId = endpointId,
        SandboxId = sandboxId,
    };
}
