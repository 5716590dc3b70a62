using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>Manages no addresses: for drivers whose endpoints get theirs elsewhere.</summary>
internal sealed class NullIpamDriver : IIpamDriver, IRehearsableIpamDriver
{
    private const string Space = "null";

    private static readonly Subnet AllIPv4 = new(IPAddress.Any, 0);
    private static readonly Subnet AllIPv6 = new(IPAddress.IPv6Any, 0);

    public string Name => "null";

    public IpamCapabilities Capabilities { get; } = new();

    public string LocalAddressSpace => Space;

    public string GlobalAddressSpace => Space;

    public IIpamDriver ForRehearsal() => new NullIpamDriver();

    public ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.AddressSpace != Space)
        {
            throw NetworkException.InvalidArgument("pool", "AddressSpace", $"\"{request.AddressSpace}\" is not {Space}");
        }

        if (request.Pool is not null || request.SubPool is not null)
        {
            throw NetworkException.InvalidArgument("pool", "Subnet", "cannot be given: the null IPAM driver manages no addresses");
        }

        Subnet everything = request.Family == AddressFamily.InterNetwork ? AllIPv4 : AllIPv6;
        return ValueTask.FromResult(new IpamPool(NameOf(everything), everything));
    }

    public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.PoolId == NameOf(AllIPv4) || request.PoolId == NameOf(AllIPv6)
            ? ValueTask.FromResult<InterfaceAddress?>(null)
            : throw NetworkException.InvalidArgument("pool", "PoolId", $"\"{request.PoolId}\" is not a name that this driver gave");
    }

    public ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    private static string NameOf(Subnet everything) => $"{Space}/{everything}";
}
