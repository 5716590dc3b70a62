namespace LibNetwork.Ipam;

/// <summary>An IPAM driver that can say how full its pools are. Found by a type test on the driver.</summary>
public interface IIpamUsageDriver
{
    /// <summary>Counts a pool's addresses.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: no such pool.</exception>
    ValueTask<PoolUsage> GetPoolUsageAsync(string poolId, CancellationToken cancellationToken = default);
}
