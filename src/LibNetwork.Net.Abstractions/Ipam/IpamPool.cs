using System.Collections.ObjectModel;

namespace LibNetwork.Ipam;

/// <summary>A pool that was taken.</summary>
/// <param name="PoolId">The driver's name for it.</param>
/// <param name="Subnet">Its addresses; <c>0.0.0.0/0</c> or <c>::/0</c> from a driver that manages none.</param>
public sealed record IpamPool(string PoolId, Subnet Subnet)
{
    /// <summary>Further facts by label, for example a gateway under <see cref="NetworkLabels.GatewayAddressType"/>.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
