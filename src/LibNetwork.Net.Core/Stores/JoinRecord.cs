namespace LibNetwork.Stores;

/// <summary>How an endpoint is joined to a sandbox, as it is kept.</summary>
internal sealed record JoinRecord(
    string SandboxId,
    string? InterfaceName,
    int GatewayPriority,
    string? SourceName,
    bool CreatedInSandbox,
    bool IsCutByDriver,
    bool OwnsSegment,
    string? GatewayIPv4,
    string? GatewayIPv6,
    bool ForceGatewayIPv4,
    bool ForceGatewayIPv6,
    bool DisableGatewayService,
    IReadOnlyList<RouteRecord> Routes,
    RecordPhase Phase = RecordPhase.Ready);   // of joining; earlier versions knew no other
