using MiniRuntime.Compose.EngineClient;

namespace MiniRuntime.Compose.Plan;

/// <summary>What the engine has, as far as a project is concerned.</summary>
/// <param name="Networks">Those that have a name which the plan wants.</param>
/// <param name="Containers">The project's containers.</param>
/// <param name="Images">The ids of the images that the plan wants, by the names that it has for them.</param>
internal sealed record ProjectState(
    IReadOnlyList<NetworkSummary> Networks, IReadOnlyList<ContainerSummary> Containers, IReadOnlyDictionary<string, string> Images);
