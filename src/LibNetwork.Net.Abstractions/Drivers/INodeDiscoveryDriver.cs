namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: hears which hosts are in its cluster. Found by a type test; who knows the cluster tells it.</summary>
public interface INodeDiscoveryDriver
{
    /// <summary>A host is there. Hearing of one again is not an error.</summary>
    ValueTask AddNodeAsync(DiscoveredNode node, CancellationToken cancellationToken = default);

    /// <summary>A host is gone. An unknown one is not an error.</summary>
    ValueTask RemoveNodeAsync(DiscoveredNode node, CancellationToken cancellationToken = default);
}
