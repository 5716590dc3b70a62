using System.Net;
using LibNetwork.Ipam;

namespace LibNetwork.Controller.Rehearsing;

/// <summary>Stands in a rehearsal for an IPAM driver that cannot be had again: networks have the pools that are on record, and nothing is given out.</summary>
internal sealed class AbsentIpamDriver(IIpamDriver driver) : IIpamDriver
{
    public string Name => driver.Name;

    public IpamCapabilities Capabilities { get; } = new();   // it wants nothing to be taken again

    public string LocalAddressSpace => driver.LocalAddressSpace;

    public string GlobalAddressSpace => driver.GlobalAddressSpace;

    public ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default) => throw AbsentDriver.CannotBePlanned(Name);

    public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
        => throw AbsentDriver.CannotBePlanned(Name);

    public ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
