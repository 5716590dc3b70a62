using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>Manages no addresses: for drivers whose endpoints get theirs elsewhere.</summary>
internal sealed class NullIpamDriver : IIpamDriver
{
    private const string Space = "null";

    public string Name => "null";

    public IpamCapabilities Capabilities { get; } = new();

    public string LocalAddressSpace => Space;

    public string GlobalAddressSpace => Space;

    public ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Pool is not null || request.SubPool is not null)
        {
            throw NetworkException.InvalidArgument("pool", "Subnet", "cannot be given: the null IPAM driver manages no addresses");
        }

        Subnet everything = new(request.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        return ValueTask.FromResult(new IpamPool($"{Space}/{everything}", everything));
    }

    public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
        => ValueTask.FromResult<InterfaceAddress?>(null);

    public ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
