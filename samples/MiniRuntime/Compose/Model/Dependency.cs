namespace MiniRuntime.Compose.Model;

/// <summary>A service that must be there first.</summary>
internal sealed record Dependency(string Service, DependencyCondition Condition);
