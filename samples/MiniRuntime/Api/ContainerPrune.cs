using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;

namespace MiniRuntime.Api;

/// <summary>Removes all containers that do not run (<c>docker container prune</c>).</summary>
internal static class ContainerPrune
{
    public static async Task<PrunedContainersMessage> RunAsync(RuntimeEngine engine, string? filters, CancellationToken cancellationToken)
    {
        Filters filter = Filters.Parse(filters, "until", "label", "label!");
        DateTimeOffset until = filter["until"] is [string text, ..]
            ? Timestamps.Parse(text, engine.Time.GetUtcNow()) ?? DateTimeOffset.MaxValue
            : DateTimeOffset.MaxValue;
        List<string> removed = [];
        foreach (Container container in engine.Containers.List().Where(container => Passes(container.Record, filter, until)))
        {
            try
            {
                await container.RemoveAsync(force: false, cancellationToken);
                removed.Add(container.Id);
            }
            catch (EngineException exception) when (exception.Status == 409)
            {
                // It has been started meanwhile, and so is in use.
            }
        }

        return new PrunedContainersMessage(removed, SpaceReclaimed: 0);
    }

    private static bool Passes(ContainerRecord record, Filters filter, DateTimeOffset until)
    {
        IReadOnlyDictionary<string, string> labels = record.Config.Labels ?? new Dictionary<string, string>();
        return record.Status is ContainerStatus.Created or ContainerStatus.Exited
            && record.Created < until
            && filter.MatchesLabels("label", labels)
            && filter.MatchesNoLabel("label!", labels);
    }
}
