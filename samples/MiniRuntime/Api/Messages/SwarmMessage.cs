namespace MiniRuntime.Api.Messages;

/// <summary>The machine's place in a swarm; here it has none.</summary>
internal sealed record SwarmMessage(string LocalNodeState)
{
    public string NodeID { get; init; } = string.Empty;

    public bool ControlAvailable { get; init; }
}
