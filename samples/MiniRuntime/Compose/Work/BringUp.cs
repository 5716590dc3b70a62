using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Compose.Reporting;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Compose.Work;

/// <summary>Carries out changes: networks first, then containers in their order. When one fails, or the user interrupts, what was made is removed again,
/// and containers that had made way come back.</summary>
/// <remarks>
/// Requests that change something are never cancelled, so that it is always known what was made; an interruption counts between them.
/// A network that differs goes before the new one comes, because both want the same subnet; with it go its containers, and these do not come back.
/// </remarks>
internal sealed class BringUp(EngineApi engine, Progress progress, CancellationToken cancellationToken)
{
    private const string ContainerMode = "container:";
    private const int IdPrefix = 12;

    private readonly UndoStack _undo = new();
    private readonly Dictionary<string, string> _ids = [];   // of the plan's containers that are there, by name
    private readonly HashSet<string> _removed = [];          // ids of containers that went with their network

    public async Task RunAsync(Changes changes, ProjectState state)
    {
        try
        {
            await RemoveNetworksAsync(changes, state);
            await SetAsideAsync(changes);
            foreach (NetworkChange network in changes.Networks)
            {
                await BringUpAsync(network);
            }

            foreach (ContainerChange container in changes.Containers)
            {
                await BringUpAsync(container);
            }
        }
        catch (Exception exception)
        {
            IReadOnlyList<Exception> failures = await _undo.UndoAsync();
            if (failures.Count > 0)
            {
                throw new AggregateException([exception, .. failures]);
            }

            throw;
        }

        // All is up: what made way is not needed any more.
        IEnumerable<(string Id, string Name)> replaced = changes.Containers.Where(change => change.Kind == ChangeKind.Replace)
            .Select(change => (change.Existing!.Id, SetAsideName(change.Existing)));   // who replaces has one
        await InParallel.RunAsync(
            replaced.Concat(changes.Surplus.Select(container => (container.Id, container.Name))).Where(container => !_removed.Contains(container.Id)),
            container => RemoveContainerAsync(container.Id, container.Name));
    }

    private async Task RemoveNetworksAsync(Changes changes, ProjectState state)
    {
        foreach (NetworkSummary network in changes.Networks.Where(change => change.Kind == ChangeKind.Replace).Select(change => change.Existing!))   // who replaces has one
        {
            await InParallel.RunAsync(
                state.Containers.Where(container => IsOn(container, network) && _removed.Add(container.Id)),
                container => RemoveContainerAsync(container.Id, container.Name));
            await progress.StepAsync(Subject.Network(network.Name), "Removing", "Removed", () => engine.RemoveNetworkAsync(network.Id, CancellationToken.None));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // A container that differs stops and gives its name away; it is removed only when the new one runs.
    private async Task SetAsideAsync(Changes changes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await InParallel.RunAsync(
            changes.Containers.Where(change => change.Kind == ChangeKind.Replace).Select(change => change.Existing!)   // who replaces has one
                .Where(existing => !_removed.Contains(existing.Id)),
            async existing =>
            {
                await progress.StepAsync(Subject.Container(existing.Name), "Stopping", "Stopped", async () =>
                {
                    if (existing.IsRunning)
                    {
                        _undo.Push(() => StartAgainAsync(existing));
                        await engine.StopContainerAsync(existing.Id, CancellationToken.None);
                    }

                    await engine.RenameContainerAsync(existing.Id, SetAsideName(existing), CancellationToken.None);
                    _undo.Push(() => engine.RenameContainerAsync(existing.Id, existing.Name, CancellationToken.None));
                });
            });
    }

    private Task StartAgainAsync(ContainerSummary existing)
        => progress.StepAsync(Subject.Container(existing.Name), "Restoring", "Restored", () => engine.StartContainerAsync(existing.Id, CancellationToken.None));

    private async Task BringUpAsync(NetworkChange change)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string subject = Subject.Network(change.Planned.Name);
        if (change is not { Kind: not ChangeKind.Keep, Planned.Creation: { } creation })
        {
            progress.Is(subject, "Exists");
            return;
        }

        string id = await progress.StepAsync(subject, "Creating", "Created", () => engine.CreateNetworkAsync(creation, CancellationToken.None));
        _undo.Push(() => progress.StepAsync(subject, "Removing", "Removed", () => engine.RemoveNetworkAsync(id, CancellationToken.None)));
    }

    private async Task BringUpAsync(ContainerChange change)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PlannedContainer planned = change.Planned;
        string subject = Subject.Container(planned.Name);
        if (change is { Kind: ChangeKind.Keep or ChangeKind.Start, Existing: { } existing })
        {
            _ids[planned.Name] = existing.Id;
            if (change.Kind == ChangeKind.Keep)
            {
                progress.Is(subject, "Running");
                return;
            }
        }
        else
        {
            await CreateAsync(planned);
        }

        string id = _ids[planned.Name];
        foreach (string awaited in planned.WaitsForEndOf)
        {
            await WaitForEndAsync(awaited, planned.Service);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await progress.StepAsync(subject, "Starting", "Started", () => engine.StartContainerAsync(id, CancellationToken.None));
        if (change.Kind == ChangeKind.Start)
        {
            _undo.Push(() => progress.StepAsync(subject, "Stopping", "Stopped", () => engine.StopContainerAsync(id, CancellationToken.None)));
        }
    }

    private async Task CreateAsync(PlannedContainer planned)
    {
        HostConfig hostConfig = planned.SharesNetworkOf is { } other
            ? planned.HostConfig with { NetworkMode = ContainerMode + _ids[other] }   // it comes earlier in the order
            : planned.HostConfig;

        // Engines before API 1.44 take one network with the container; the others are connected before it starts.
        Dictionary<string, EndpointSettings> first = planned.Endpoints.Take(1).ToDictionary(entry => entry.Network, entry => entry.Endpoint);
        await progress.StepAsync(Subject.Container(planned.Name), "Creating", "Created", async () =>
        {
            string id = await engine.CreateContainerAsync(
                planned.Name, planned.Config, hostConfig, new NetworkingConfig { EndpointsConfig = first }, CancellationToken.None);
            _ids[planned.Name] = id;
            _undo.Push(() => RemoveContainerAsync(id, planned.Name));
            foreach ((string network, EndpointSettings endpoint) in planned.Endpoints.Skip(1))
            {
                await engine.ConnectAsync(network, id, endpoint, CancellationToken.None);
            }
        });
    }

    private async Task WaitForEndAsync(string name, string waiting)
    {
        long exitCode = await progress.StepAsync(
            Subject.Container(name), "Waiting for its end", "Ended", () => engine.WaitForContainerAsync(_ids[name], cancellationToken));
        if (exitCode != 0)
        {
            throw new StackException($"Container {name} ended with exit code {exitCode}, and service {waiting} starts only if it ends with 0.");
        }
    }

    private Task RemoveContainerAsync(string id, string name)
        => progress.StepAsync(Subject.Container(name), "Removing", "Removed", () => engine.RemoveContainerAsync(id, CancellationToken.None));

    private static bool IsOn(ContainerSummary container, NetworkSummary network) => container.NetworkSettings?.Networks?.ContainsKey(network.Name) ?? false;

    private static string SetAsideName(ContainerSummary container) => $"{container.Id[..Math.Min(IdPrefix, container.Id.Length)]}_{container.Name}";
}
