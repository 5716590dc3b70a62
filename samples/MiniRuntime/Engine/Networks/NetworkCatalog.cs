using System.Collections.Concurrent;
using LibNetwork;

namespace MiniRuntime.Engine.Networks;

/// <summary>The engine's networks: the library's, with what only an engine knows of them. Thread safe.</summary>
internal sealed partial class NetworkCatalog(RuntimeEngine engine)
{
    private readonly ConcurrentDictionary<string, EngineNetwork> _recorded = new();   // by id
    private readonly NetworkFiles _files = new(Path.Combine(engine.StateFolder, "networks"));
    private readonly SemaphoreSlim _turn = new(1, 1);   // names and configurations are compared with those of all others

    /// <summary>Takes up the networks of an earlier engine, and makes <c>bridge</c>, <c>host</c> and <c>none</c> if they are missing.</summary>
    /// <remarks>The library has taken up its own before.</remarks>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (NetworkRecord record in _files.Load())
        {
            if (engine.Controller.TryGetNetwork(record.Id, out INetwork? network) && network.Id.Value == record.Id)
            {
                _recorded[record.Id] = EngineNetwork.Of(record, network);
            }
            else
            {
                _files.Delete(record.Id);   // its creation or deletion was under way when the engine died
            }
        }

        foreach (NetworkSpec spec in BuiltInNetworks.Specs)
        {
            if (!engine.Controller.TryGetNetwork(spec.Name, out _))
            {
                await engine.Controller.CreateNetworkAsync(spec, cancellationToken);
            }
        }
    }

    /// <summary>All networks, the oldest first.</summary>
    public IReadOnlyList<EngineNetwork> List()
        =>
        [
            .. engine.Controller.Networks
                .Select(network => _recorded.GetValueOrDefault(network.Id.Value) ?? EngineNetwork.Of(network))
                .OrderBy(network => network.Created),
        ];

    /// <summary>Finds by name, id or a unique beginning of the id.</summary>
    /// <exception cref="EngineException">404: <c>network NAME not found</c>. 400: the beginning is not unique.</exception>
    public EngineNetwork Get(string nameOrId)
    {
        IReadOnlyList<EngineNetwork> all = List();
        if ((all.FirstOrDefault(network => network.Id == nameOrId) ?? all.FirstOrDefault(network => network.Name == nameOrId)) is { } found)
        {
            return found;
        }

        EngineNetwork[] candidates = nameOrId.Length == 0
            ? []
            : [.. all.Where(network => network.Id.StartsWith(nameOrId, StringComparison.Ordinal))];
        return candidates.Length switch
        {
            0 => throw EngineException.NotFound($"network {nameOrId} not found"),
            1 => candidates[0],
            _ => throw EngineException.BadRequest($"network {nameOrId} is ambiguous ({candidates.Length} matches found based on ID prefix)"),
        };
    }

    private void Publish(string action, EngineNetwork network)
        => engine.Events.Publish("network", action, network.Id, new Dictionary<string, string> { ["name"] = network.Name, ["type"] = network.Driver });
}
