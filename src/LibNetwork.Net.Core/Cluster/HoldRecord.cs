namespace LibNetwork.Cluster;

/// <summary>Who holds a pool or an address.</summary>
/// <param name="Node">The node's id, or <see cref="ClusterKeys.HolderOf"/> a network: what that holds, it holds until it is deleted.</param>
/// <param name="NodeName">The node's name, for messages; empty where a network holds it.</param>
/// <param name="Holding">Which of the node's holdings it belongs to; each process has another, and each time that it was cut off for too long.</param>
/// <param name="Holder">Who on the node, for messages.</param>
/// <param name="Since">Since when.</param>
/// <param name="Withheld">Of a pool: what is given only by name.</param>
/// <param name="IsJoined">Of a pool: the node did not ask for it; it has addresses in what another asked for.</param>
internal sealed record HoldRecord(
    string Node, string NodeName, string Holding, string? Holder, DateTimeOffset Since, IReadOnlyList<string>? Withheld = null, bool IsJoined = false)
{
    /// <summary>The holder as this node says it.</summary>
    public string? TextOn(string? node) => Node == node || NodeName.Length == 0 ? Holder : Holder is null ? $"node {NodeName}" : $"{Holder} on node {NodeName}";
}
