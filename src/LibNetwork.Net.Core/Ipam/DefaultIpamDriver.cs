using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>The built-in address management: pools and addresses of this host, lowest free first.</summary>
internal sealed class DefaultIpamDriver : IIpamDriver
{
    private const string LocalSpace = "LocalDefault";
    private const string GlobalSpace = "GlobalDefault";

    private readonly AddressSpace _local4;
    private readonly AddressSpace _local6;
    private readonly AddressSpace _global4 = new(GlobalSpace, [new DefaultPool(Subnet.Parse("10.0.0.0/8"), 24)]);
    private readonly AddressSpace _global6 = new(GlobalSpace, []);

    public DefaultIpamDriver(IReadOnlyList<DefaultPool> localPools)
    {
        _local4 = new AddressSpace(LocalSpace, [.. localPools.Where(pool => pool.Base.Family == AddressFamily.InterNetwork)]);
        _local6 = new AddressSpace(LocalSpace, [.. localPools.Where(pool => pool.Base.Family == AddressFamily.InterNetworkV6)]);
    }

    public string Name => "default";

    public IpamCapabilities Capabilities { get; } = new() { RequiresReplay = true };

    public string LocalAddressSpace => LocalSpace;

    public string GlobalAddressSpace => GlobalSpace;

    public ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (request.SubPool is not null && request.Pool is null)
        {
            throw NetworkException.InvalidArgument("pool", "Range", "needs a subnet that it is a part of");
        }

        AddressFamily family = request.Pool?.Family ?? request.Family;
        return ValueTask.FromResult(Space(request.AddressSpace, family).Request(request.Pool, request.SubPool, family, request.Exclude));
    }

    public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default)
    {
        (AddressSpace space, Subnet subnet, Subnet? sub) = Parse(poolId);
        space.Release(subnet, sub, poolId);
        return ValueTask.CompletedTask;
    }

    public ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        (AddressSpace space, Subnet subnet, Subnet? sub) = Parse(request.PoolId);
        bool serial = request.Options.TryGetValue(NetworkLabels.SerialAllocation, out string? text) && bool.TryParse(text, out bool on) && on;
        return ValueTask.FromResult<InterfaceAddress?>(
            space.RequestAddress(subnet, sub, request.Address, serial, request.Holder, request.PoolId));
    }

    public ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default)
    {
        (AddressSpace space, Subnet subnet, _) = Parse(poolId);
        space.ReleaseAddress(subnet, address, poolId);
        return ValueTask.CompletedTask;
    }

    private AddressSpace Space(string name, AddressFamily family) => (name, family) switch
    {
        (LocalSpace, AddressFamily.InterNetwork) => _local4,
        (LocalSpace, AddressFamily.InterNetworkV6) => _local6,
        (GlobalSpace, AddressFamily.InterNetwork) => _global4,
        (GlobalSpace, AddressFamily.InterNetworkV6) => _global6,
        _ => throw NetworkException.InvalidArgument("pool", "AddressSpace", $"\"{name}\" is not one of {LocalSpace} and {GlobalSpace}"),
    };

    /// <summary>A pool's name is <c>space/subnet</c> or <c>space/subnet/part</c>: 3 or 5 pieces between slashes.</summary>
    private (AddressSpace Space, Subnet Subnet, Subnet? Sub) Parse(string poolId)
    {
        string[] pieces = poolId.Split('/');
        if (pieces.Length is not (3 or 5) || !Subnet.TryParse($"{pieces[1]}/{pieces[2]}", out Subnet subnet))
        {
            throw NetworkException.InvalidArgument("pool", "PoolId", $"\"{poolId}\" is not a name that this driver gave");
        }

        Subnet? sub = pieces.Length == 5 ? Subnet.Parse($"{pieces[3]}/{pieces[4]}") : null;
        return (Space(pieces[0], subnet.Family), subnet, sub);
    }
}
