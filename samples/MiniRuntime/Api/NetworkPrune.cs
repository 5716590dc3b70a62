using LibNetwork;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Api;

/// <summary><c>docker network prune</c>: removes the users' networks that nothing is on.</summary>
internal static class NetworkPrune
{
    public static async Task<NetworkPruneMessage> RunAsync(RuntimeEngine engine, string? filters, CancellationToken cancellationToken)
    {
        Filters wanted = Filters.Parse(filters, "label", "label!", "until");
        DateTimeOffset? until = wanted["until"] switch
        {
            [] => null,
            [string one] => Timestamps.Parse(one, engine.Time.GetUtcNow()),
            _ => throw EngineException.BadRequest("more than one until filter specified"),
        };
        List<string> deleted = [];
        foreach (EngineNetwork network in engine.Networks.List())
        {
            if (!network.IsBuiltIn
                && network is { IsConfiguration: false, Network.Endpoints.Count: 0 }
                && !(network.Created > until)
                && wanted.MatchesLabels("label", network.Labels)
                && wanted.MatchesNoLabel("label!", network.Labels)
                && await TryDeleteAsync(engine, network, cancellationToken))
            {
                deleted.Add(network.Name);
            }
        }

        engine.Events.Publish("network", "prune", string.Empty, new Dictionary<string, string> { ["reclaimed"] = "0" });
        return new NetworkPruneMessage(deleted);
    }

    /// <returns>Whether it was deleted; a container that connected meanwhile, or another client that was faster, keeps it from that.</returns>
    private static async Task<bool> TryDeleteAsync(RuntimeEngine engine, EngineNetwork network, CancellationToken cancellationToken)
    {
        try
        {
            await engine.Networks.DeleteAsync(network.Id, cancellationToken);
            return true;
        }
        catch (EngineException refused) when (refused.Status is 403 or 404)
        {
            return false;
        }
        catch (NetworkException refused) when (refused.Kind is NetworkErrorKind.Forbidden or NetworkErrorKind.NotFound)
        {
            return false;
        }
    }
}
