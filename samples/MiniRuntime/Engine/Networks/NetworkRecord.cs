namespace MiniRuntime.Engine.Networks;

/// <summary>What the engine keeps of a network: how it was asked for. What came of it, the library knows.</summary>
internal sealed record NetworkRecord
{
    public required string Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required NetworkRequest Request { get; init; }
}
