using System.Net;

namespace LibNetwork.Ipam;

/// <summary>Hands out address pools and addresses. Thread safe; an address is never handed out twice.</summary>
public interface IIpamDriver
{
    /// <summary>The name that users pick the driver by. Lower case, unique per controller.</summary>
    string Name { get; }

    /// <summary>What the driver needs; constant for the life of the instance.</summary>
    IpamCapabilities Capabilities { get; }

    /// <summary>The address space of networks of one host.</summary>
    string LocalAddressSpace { get; }

    /// <summary>The address space of networks of a cluster.</summary>
    string GlobalAddressSpace { get; }

    /// <summary>Takes a pool, given or chosen.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: it overlaps a pool that is taken. <see cref="NetworkErrorKind.Exhausted"/>: none is free.
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: the request makes no sense.
    /// </exception>
    ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives a pool back.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: the pool is not taken.</exception>
    ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default);

    /// <summary>Takes an address of a pool, given or chosen.</summary>
    /// <returns>The address with the pool's prefix length; <see langword="null"/> from a driver that manages none.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Conflict"/>: it is taken. <see cref="NetworkErrorKind.Exhausted"/>: none is free.
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: it lies outside the pool. <see cref="NetworkErrorKind.NotFound"/>: no such pool.
    /// </exception>
    ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives an address back; one that is not taken is not an error.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: it lies outside the pool. <see cref="NetworkErrorKind.NotFound"/>: no such pool.
    /// </exception>
    ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default);
}
