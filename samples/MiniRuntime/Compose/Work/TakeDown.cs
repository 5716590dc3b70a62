using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Model;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Compose.Reporting;

namespace MiniRuntime.Compose.Work;

/// <summary>Removes a project's containers, those that depend on others first, and then its networks. Goes on after an error.</summary>
internal sealed class TakeDown(EngineApi engine, Progress progress, CancellationToken cancellationToken)
{
    /// <exception cref="AggregateException">Some of it could not be removed.</exception>
    public async Task RunAsync(string project, IReadOnlyList<Service> services)
    {
        ContainerSummary[] containers = await engine.ListContainersAsync(Labels.Of(project), cancellationToken);
        NetworkSummary[] networks = await engine.ListNetworksAsync(Labels.Of(project), cancellationToken);
        IReadOnlyDictionary<string, int> depths = DependencyOrder.Depths(services);
        List<Exception> failures = [];

        // Those of services that the file does not have any more may depend on any, and go first.
        foreach (IGrouping<int, ContainerSummary> alike in containers
            .GroupBy(container => depths.GetValueOrDefault(container.Label(Labels.Service) ?? string.Empty, int.MaxValue)).OrderByDescending(group => group.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await CollectAsync(failures, () => InParallel.RunAsync(alike, RemoveAsync));
        }

        foreach (NetworkSummary network in networks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await CollectAsync(failures, () => progress.StepAsync(
                Subject.Network(network.Name), "Removing", "Removed", () => engine.RemoveNetworkAsync(network.Id, cancellationToken)));
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private async Task RemoveAsync(ContainerSummary container)
    {
        string subject = Subject.Container(container.Name);
        if (container.IsRunning)
        {
            await progress.StepAsync(subject, "Stopping", "Stopped", () => engine.StopContainerAsync(container.Id, cancellationToken));
        }

        await progress.StepAsync(subject, "Removing", "Removed", () => engine.RemoveContainerAsync(container.Id, cancellationToken));
    }

    private async Task CollectAsync(List<Exception> failures, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            failures.Add(exception);
        }
    }
}
