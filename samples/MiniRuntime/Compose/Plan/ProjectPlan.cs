namespace MiniRuntime.Compose.Plan;

/// <summary>What must be there when a stack is up.</summary>
/// <param name="Services">The services of the file, also those that want no container now.</param>
/// <param name="Networks">Those that services use, in the order of the file.</param>
/// <param name="Containers">Each after those that it depends on.</param>
internal sealed record ProjectPlan(
    string Project, IReadOnlySet<string> Services, IReadOnlyList<PlannedNetwork> Networks, IReadOnlyList<PlannedContainer> Containers);
