using System.Net;

namespace LibNetwork.Drivers;

/// <summary>A host of a cluster, as a driver hears of it.</summary>
/// <param name="Address">Where others reach it.</param>
public sealed record DiscoveredNode(IPAddress Address)
{
    /// <summary>Where it listens, when that is another address.</summary>
    public IPAddress? BindAddress { get; init; }

    /// <summary>Whether it is this host.</summary>
    public bool IsSelf { get; init; }
}
