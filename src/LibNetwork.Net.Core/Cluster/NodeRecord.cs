namespace LibNetwork.Cluster;

/// <summary>A node as others see it.</summary>
internal sealed record NodeRecord(string Name, string? Address, TimeSpan HoldingDuration, bool IsLeaving = false);
