using MiniRuntime.Compose.EngineClient;

namespace MiniRuntime.Compose.Plan;

/// <summary>What must be done about a container.</summary>
internal sealed record ContainerChange(PlannedContainer Planned, ChangeKind Kind, ContainerSummary? Existing);
