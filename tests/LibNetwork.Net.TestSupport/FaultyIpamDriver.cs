using System.Collections.Concurrent;
using System.Net;
using LibNetwork.Ipam;

namespace LibNetwork.TestSupport;

/// <summary>An IPAM driver whose calls fail on demand, and which knows what is taken.</summary>
public sealed class FaultyIpamDriver(IIpamDriver inner, FaultInjector faults) : IIpamDriver, IIpamHolderDriver, IRehearsableIpamDriver
{
    private readonly ConcurrentDictionary<string, bool> _held = new();

    /// <summary>The pools and addresses that were taken and not given back.</summary>
    public IReadOnlyCollection<string> Held => [.. _held.Keys];

    public string Name => inner.Name;

    public IpamCapabilities Capabilities => inner.Capabilities;

    public string LocalAddressSpace => inner.LocalAddressSpace;

    public string GlobalAddressSpace => inner.GlobalAddressSpace;

    public IIpamDriver ForRehearsal() => ((IRehearsableIpamDriver)inner).ForRehearsal();

    public async ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
    {
        faults.Pass($"request pool {request.Pool}", Refused);
        IpamPool pool = await inner.RequestPoolAsync(request, cancellationToken);
        _held[pool.PoolId] = true;
        faults.Pass($"got pool {pool.PoolId}", failure: null);
        return pool;
    }

    public async ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default)
    {
        faults.Pass($"release pool {poolId}", Refused);
        await inner.ReleasePoolAsync(poolId, cancellationToken);
        _held.TryRemove(poolId, out _);
    }

    public async ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
    {
        faults.Pass($"request address {request.Address} of {request.PoolId}", Refused);
        InterfaceAddress? address = await inner.RequestAddressAsync(request, cancellationToken);
        if (address is { } given)
        {
            _held[NameOf(request.PoolId, given.Address)] = true;
        }

        faults.Pass($"got address {address} of {request.PoolId}", failure: null);
        return address;
    }

    public async ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default)
    {
        faults.Pass($"release address {address} of {poolId}", Refused);
        await inner.ReleaseAddressAsync(poolId, address, cancellationToken);
        _held.TryRemove(NameOf(poolId, address), out _);
    }

    public async ValueTask RenameHolderAsync(string poolId, IPAddress address, string holder, CancellationToken cancellationToken = default)
    {
        faults.Pass($"rename the holder of {address} of {poolId}", Refused);
        await ((IIpamHolderDriver)inner).RenameHolderAsync(poolId, address, holder, cancellationToken);
        faults.Pass($"renamed the holder of {address} of {poolId}", failure: null);
    }

    private static string NameOf(string poolId, IPAddress address) => $"{poolId} {address}";

    private static NetworkException Refused() => new(NetworkErrorKind.Unavailable, "IPAM driver", "injected");
}
