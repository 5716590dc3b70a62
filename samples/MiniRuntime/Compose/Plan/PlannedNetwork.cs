using MiniRuntime.Compose.EngineClient;

namespace MiniRuntime.Compose.Plan;

/// <summary>A network that must be there.</summary>
/// <param name="Creation">How it is made; <see langword="null"/> for an external one.</param>
/// <param name="Hash">Changes with anything that the file says about it.</param>
internal sealed record PlannedNetwork(string Name, NetworkCreation? Creation, string Hash);
