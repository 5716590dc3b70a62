namespace LibNetwork.Cluster;

/// <summary>What a node has announced.</summary>
/// <param name="Networks">The networks of which it may have keys, so that its next process can look for those that nobody has a use for.</param>
internal sealed record AnnouncerRecord(IReadOnlyList<string?>? Networks);
