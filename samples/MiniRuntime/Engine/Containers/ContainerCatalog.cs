using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Engine.Containers;

/// <summary>The engine's containers.</summary>
internal sealed class ContainerCatalog(RuntimeEngine engine)
{
    /// <summary>Takes up the containers of an earlier engine: those that run are watched again, those that ended meanwhile are cleared up.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The running containers on a network; addresses with their prefix length.</summary>
    public IReadOnlyList<NetworkMember> On(EngineNetwork network) => [];

    /// <summary>The names of all containers, running or not, that have a place on a network.</summary>
    public IReadOnlyList<string> NamesOn(EngineNetwork network) => [];

    /// <summary>Connects a container to a network: at once when it runs, otherwise at its next start.</summary>
    public Task ConnectAsync(EngineNetwork network, string container, EndpointSettings? settings, CancellationToken cancellationToken)
        => throw new NotSupportedException(engine.StateFolder);

    /// <summary>Disconnects a container from a network.</summary>
    public Task DisconnectAsync(EngineNetwork network, string container, bool force, CancellationToken cancellationToken)
        => throw new NotSupportedException();
}
