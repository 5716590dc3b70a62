using System.Collections.Concurrent;
using System.Net;
using LibNetwork.Ipam;

namespace LibNetwork.Probe.Crash;

/// <summary>An IPAM driver that knows what it has given out.</summary>
internal sealed class AddressLedger(IIpamDriver inner) : IIpamDriver
{
    private readonly ConcurrentDictionary<string, bool> _held = new();

    public string Name => inner.Name;

    public IpamCapabilities Capabilities => inner.Capabilities;

    public string LocalAddressSpace => inner.LocalAddressSpace;

    public string GlobalAddressSpace => inner.GlobalAddressSpace;

    /// <summary>The addresses that were taken and not given back.</summary>
    public IReadOnlyCollection<string> Held => [.. _held.Keys];

    public ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
        => inner.RequestPoolAsync(request, cancellationToken);

    public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default) => inner.ReleasePoolAsync(poolId, cancellationToken);

    public async ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
    {
        InterfaceAddress? address = await inner.RequestAddressAsync(request, cancellationToken);
        if (address is { } given)
        {
            _held[given.Address.ToString()] = true;
        }

        return address;
    }

    public async ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default)
    {
        await inner.ReleaseAddressAsync(poolId, address, cancellationToken);
        _held.TryRemove(address.ToString(), out _);
    }
}
