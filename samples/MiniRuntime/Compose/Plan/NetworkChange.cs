using MiniRuntime.Compose.EngineClient;

namespace MiniRuntime.Compose.Plan;

/// <summary>What must be done about a network.</summary>
internal sealed record NetworkChange(PlannedNetwork Planned, ChangeKind Kind, NetworkSummary? Existing);
