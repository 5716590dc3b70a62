using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;

namespace MiniRuntime.Compose.Work;

/// <summary>Asks the engine for all that a project's plan must know.</summary>
internal static class Surroundings
{
    public static async Task<ProjectState> LookAsync(EngineApi engine, ProjectPlan plan, CancellationToken cancellationToken)
    {
        List<NetworkSummary> networks = [];
        foreach (PlannedNetwork planned in plan.Networks)
        {
            networks.AddRange(await engine.FindNetworksAsync(planned.Name, cancellationToken));
        }

        Dictionary<string, string> images = [];
        foreach (string name in plan.Containers.Select(container => container.Config.Image).Distinct())
        {
            if (await engine.FindImageAsync(name, cancellationToken) is { } id)
            {
                images[name] = id;
            }
        }

        return new ProjectState(networks, await engine.ListContainersAsync(Labels.Of(plan.Project), cancellationToken), images);
    }
}
