using LibNetwork.Ipam;

namespace LibNetwork.Drivers;

/// <summary>Where drivers come from that nobody registered, such as plugins. A controller asks it for a name that no registered driver has.</summary>
/// <remarks>What is found is the driver of that name from then on, and belongs to the source.</remarks>
public interface IDriverSource
{
    /// <summary>Finds a network driver.</summary>
    /// <returns><see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="NetworkException">There is one, and it cannot be used.</exception>
    ValueTask<INetworkDriver?> FindNetworkDriverAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Finds an IPAM driver.</summary>
    /// <returns><see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="NetworkException">There is one, and it cannot be used.</exception>
    ValueTask<IIpamDriver?> FindIpamDriverAsync(string name, CancellationToken cancellationToken = default);
}
