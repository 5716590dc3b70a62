namespace LibNetwork.Plugins.Protocol;

/// <summary>A host that comes to the cluster, or goes.</summary>
internal sealed record DiscoveryMessage
{
    /// <summary>The only <see cref="DiscoveryType"/> that is about hosts.</summary>
    public const int Node = 1;

    public int DiscoveryType { get; init; }

    public NodeMessage? DiscoveryData { get; init; }
}
