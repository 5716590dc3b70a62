using System.Net;

namespace LibNetwork.Cluster;

/// <summary>What this host is in its cluster.</summary>
public sealed record ClusterOptions
{
    /// <summary>The node's id, unlike that of any other host.</summary>
    /// <value>The default is <see langword="null"/>: one is made up and kept in the host's own store.</value>
    public NodeId? NodeId { get; set; }

    /// <summary>What people call the node.</summary>
    /// <value>The default is the machine's name.</value>
    public string NodeName { get; set; } = Environment.MachineName;

    /// <summary>Where other nodes reach this one; where an overlay driver is used, what that advertises.</summary>
    /// <value>The default is <see langword="null"/>: nowhere, which suffices for sharing addresses and names.</value>
    public IPAddress? AdvertiseAddress { get; set; }

    /// <summary>How long after its last sign of life others still count the node as there; at least a second.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan PresenceDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the node's addresses stay its own after its last sign of life; not shorter than <see cref="PresenceDuration"/>. So long may it
    /// be cut off or down and still find them, and so long must others wait for the addresses of a node that never comes back.
    /// </summary>
    /// <value>The default is 10 minutes.</value>
    public TimeSpan HoldingDuration { get; set; } = TimeSpan.FromMinutes(10);
}
