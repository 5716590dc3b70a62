namespace LibNetwork.Cluster;

/// <summary>A node that has endpoints on a network.</summary>
/// <param name="NodeName">The node's name, for messages.</param>
/// <param name="Holding">Which of the node's holdings its part is bound to.</param>
internal sealed record MemberRecord(string NodeName, string Holding);
