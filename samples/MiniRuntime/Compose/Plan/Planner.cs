using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Plan;

/// <summary>From a stack file to what must be there. Asks nobody: the same file gives the same plan.</summary>
internal static class Planner
{
    /// <param name="stack">What the file says.</param>
    /// <param name="project">The project's name.</param>
    /// <param name="file">The file's full path, which objects carry as a label.</param>
    public static ProjectPlan Plan(Stack stack, string project, string file)
    {
        HashSet<string> used = [.. stack.Services.SelectMany(service => service.Networks).Select(network => network.Network)];
        NetworkPlanner networks = new(project);
        ContainerPlanner containers = new(project, file, stack);
        return new ProjectPlan(
            project,
            stack.Services.Select(service => service.Name).ToHashSet(),
            [.. stack.Networks.Where(network => used.Contains(network.Key)).Select(networks.Plan)],
            [.. DependencyOrder.Of(stack.Services).SelectMany(containers.Plan)]);
    }
}
