using LibNetwork;

namespace MiniRuntime.Engine.Networks;

/// <summary>The engine's networks: the library's, with what only an engine knows of them.</summary>
internal sealed class NetworkCatalog(RuntimeEngine engine)
{
    /// <summary>Takes up the networks of an earlier engine, and makes <c>bridge</c>, <c>host</c> and <c>none</c> if they are missing.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Finds by name, id or a unique beginning of the id.</summary>
    /// <exception cref="EngineException">404: <c>network NAME not found</c>. 400: the beginning is not unique.</exception>
    public EngineNetwork Get(string nameOrId) => throw new NotSupportedException(engine.StateFolder);
}
