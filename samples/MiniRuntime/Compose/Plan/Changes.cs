using MiniRuntime.Compose.EngineClient;

namespace MiniRuntime.Compose.Plan;

/// <summary>The way from what is there to what must be there.</summary>
internal sealed record Changes
{
    public required IReadOnlyList<NetworkChange> Networks { get; init; }

    public required IReadOnlyList<ContainerChange> Containers { get; init; }

    /// <summary>Containers of the file's services beyond the number that the file wants.</summary>
    public required IReadOnlyList<ContainerSummary> Surplus { get; init; }

    /// <summary>Containers of services that the file does not have any more.</summary>
    public required IReadOnlyList<ContainerSummary> Orphans { get; init; }

    /// <summary>Compares.</summary>
    /// <exception cref="StackException">An external network or an image is not there, or a network belongs to somebody else.</exception>
    public static Changes Between(ProjectPlan plan, ProjectState state)
    {
        NetworkChange[] networks = [.. plan.Networks.Select(planned => Compare(plan.Project, planned, state))];
        HashSet<string> newNetworks = [.. networks.Where(change => change.Kind != ChangeKind.Keep).Select(change => change.Planned.Name)];
        List<ContainerChange> containers = [];
        foreach (PlannedContainer planned in plan.Containers)
        {
            bool sharesChanged = containers.Exists(change => change.Planned.Name == planned.SharesNetworkOf && change.Kind != ChangeKind.Keep);
            containers.Add(Compare(planned, state, sharesChanged || planned.Endpoints.Any(endpoint => newNetworks.Contains(endpoint.Network))));
        }

        HashSet<string?> known = [.. containers.Select(change => change.Existing?.Id)];
        ILookup<bool, ContainerSummary> others = state.Containers.Where(container => !known.Contains(container.Id))
            .ToLookup(container => plan.Services.Contains(container.Label(Labels.Service) ?? string.Empty));
        return new Changes { Networks = networks, Containers = containers, Surplus = [.. others[true]], Orphans = [.. others[false]] };
    }

    private static NetworkChange Compare(string project, PlannedNetwork planned, ProjectState state)
    {
        NetworkSummary? existing = state.Networks.FirstOrDefault(network => network.Name == planned.Name);
        if (planned.Creation is null)
        {
            return existing is null
                ? throw new StackException($"Network {planned.Name} is external, and the engine does not have it: create it first.")
                : new NetworkChange(planned, ChangeKind.Keep, existing);
        }

        if (existing is not null && existing.Labels?.GetValueOrDefault(Labels.Project) != project)
        {
            throw new StackException(
                $"Network {planned.Name} is there already, and is not of project {project}: call it external, or give this one another name.");
        }

        ChangeKind kind = existing is null ? ChangeKind.Create
            : existing.Labels?.GetValueOrDefault(Labels.Hash) == planned.Hash ? ChangeKind.Keep
            : ChangeKind.Replace;
        return new NetworkChange(planned, kind, existing);
    }

    private static ContainerChange Compare(PlannedContainer planned, ProjectState state, bool isOnSomethingNew)
    {
        if (!state.Images.TryGetValue(planned.Config.Image, out string? image))
        {
            throw new StackException($"Service {planned.Service}: the engine does not have the image {planned.Config.Image}: import it first.");
        }

        ContainerSummary? existing = state.Containers.FirstOrDefault(container => IsSame(container, planned));
        bool isAsPlanned = existing?.Label(Labels.Hash) == planned.Hash && existing?.ImageId == image && !isOnSomethingNew;
        ChangeKind kind = existing is null ? ChangeKind.Create
            : !isAsPlanned ? ChangeKind.Replace
            : existing.IsRunning ? ChangeKind.Keep
            : ChangeKind.Start;
        return new ContainerChange(planned, kind, existing);
    }

    private static bool IsSame(ContainerSummary container, PlannedContainer planned)
        => container.Label(Labels.Service) == planned.Service
            && int.TryParse(container.Label(Labels.Number), out int number) && number == planned.Number;
}
