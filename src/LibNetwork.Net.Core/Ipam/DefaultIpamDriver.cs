using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Cluster;

namespace LibNetwork.Ipam;

/// <summary>The built-in address management: pools and addresses of this host, and in a cluster those that hosts share; lowest free first.</summary>
internal sealed class DefaultIpamDriver : IIpamDriver, IIpamUsageDriver, IIpamHolderDriver, IRehearsableIpamDriver
{
    /// <summary>The space that hosts of a cluster share.</summary>
    public const string GlobalSpace = "GlobalDefault";
    private const string LocalSpace = "LocalDefault";

    private readonly ConcurrentDictionary<string, PoolShare> _shares = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<DefaultPool> _pools;
    private readonly TimeProvider _time;
    private readonly SharedAddresses? _shared;
    private readonly AddressSpace _local4;
    private readonly AddressSpace _local6;
    private readonly AddressSpace _global4;
    private readonly AddressSpace _global6;

    /// <param name="localPools">Where pools of this host come from; without one of IPv6 the machine's own range is added.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shared">The global space, where hosts share it; <see langword="null"/>: it is this host's alone.</param>
    public DefaultIpamDriver(IReadOnlyList<DefaultPool> localPools, TimeProvider time, SharedAddresses? shared = null)
    {
        _pools = localPools;
        _time = time;
        _shared = shared;
        IEnumerable<DefaultPool> pools = localPools.Any(static pool => pool.Base.Family == AddressFamily.InterNetworkV6)
            ? localPools
            : localPools.Append(BuiltInPools.UniqueLocalPool());
        _local4 = new AddressSpace(LocalSpace, AddressFamily.InterNetwork, pools, _shares, time);
        _local6 = new AddressSpace(LocalSpace, AddressFamily.InterNetworkV6, pools, _shares, time);
        _global4 = new AddressSpace(GlobalSpace, AddressFamily.InterNetwork, BuiltInPools.Global, _shares, time);
        _global6 = new AddressSpace(GlobalSpace, AddressFamily.InterNetworkV6, [], _shares, time);
    }

    public string Name => "default";

    public IpamCapabilities Capabilities { get; } = new() { RequiresReplay = true };

    public string LocalAddressSpace => LocalSpace;

    public IIpamDriver ForRehearsal() => new DefaultIpamDriver(_pools, _time);

    public string GlobalAddressSpace => GlobalSpace;

    public ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (SharedOf(request.AddressSpace) is { } shared)
        {
            return shared.RequestPoolAsync(request, cancellationToken);
        }

        PoolShare share = Space(request.AddressSpace, request.Pool?.Family ?? request.Family).Request(request);
        return ValueTask.FromResult(new IpamPool(share.Name, share.Id.Subnet));
    }

    public ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken = default)
        => SharedPool(poolId) is { } shared ? shared.ReleasePoolAsync(poolId, cancellationToken)
            : SpaceOf(poolId).TryRelease(poolId) ? ValueTask.CompletedTask
            : throw NetworkException.InvalidArgument($"pool {poolId}", "PoolId", "is not taken");

    public ValueTask<InterfaceAddress?> RequestAddressAsync(IpamAddressRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return SharedPool(request.PoolId) is { } shared ? RequestSharedAsync(shared, request, cancellationToken) : RequestOwn(request);
    }

    public ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (SharedPool(poolId) is { } shared)
        {
            return shared.ReleaseAddressAsync(poolId, address, cancellationToken);
        }

        Find(poolId).Release(address);
        return ValueTask.CompletedTask;
    }

    public ValueTask RenameHolderAsync(string poolId, IPAddress address, string holder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        cancellationToken.ThrowIfCancellationRequested();
        if (SharedPool(poolId) is { } shared)
        {
            return shared.RenameHolderAsync(poolId, address, holder, cancellationToken);
        }

        Find(poolId).Rename(address, holder);
        return ValueTask.CompletedTask;
    }

    public ValueTask<PoolUsage> GetPoolUsageAsync(string poolId, CancellationToken cancellationToken = default)
        => SharedPool(poolId) is { } shared ? shared.GetUsageAsync(poolId, cancellationToken) : ValueTask.FromResult(Find(poolId).Usage());

    private static async ValueTask<InterfaceAddress?> RequestSharedAsync(SharedAddresses shared, IpamAddressRequest request, CancellationToken cancellationToken)
        => await shared.RequestAddressAsync(request, IsSerial(request), cancellationToken).ConfigureAwait(false);

    private ValueTask<InterfaceAddress?> RequestOwn(IpamAddressRequest request)
    {
        PoolShare share = Find(request.PoolId);
        return ValueTask.FromResult<InterfaceAddress?>(
            request.Address is { } wanted ? share.Take(wanted, request.Holder, request.Since) : share.TakeNext(IsSerial(request), request.Holder));
    }

    private static bool IsSerial(IpamAddressRequest request)
        => request.Options.TryGetValue(NetworkLabels.SerialAllocation, out string? text) && bool.TryParse(text, out bool on) && on;

    private SharedAddresses? SharedOf(string space) => _shared is { } shared && shared.Space == space ? shared : null;

    private SharedAddresses? SharedPool(string poolId) => PoolId.TryParse(poolId, out PoolId id) ? SharedOf(id.Space) : null;

    private PoolShare Find(string poolId)
    {
        if (!_shares.TryGetValue(poolId, out PoolShare? share))
        {
            SpaceOf(poolId);   // says when it is no name at all
            throw NetworkException.NotFound($"pool {poolId}");
        }

        return share;
    }

    private AddressSpace SpaceOf(string poolId)
        => PoolId.TryParse(poolId, out PoolId id)
            ? Space(id.Space, id.Subnet.Family)
            : throw NetworkException.InvalidArgument("pool", "PoolId", $"\"{poolId}\" is not a name that this driver gave");

    private AddressSpace Space(string name, AddressFamily family) => (name, family) switch
    {
        (LocalSpace, AddressFamily.InterNetwork) => _local4,
        (LocalSpace, AddressFamily.InterNetworkV6) => _local6,
        (GlobalSpace, AddressFamily.InterNetwork) => _global4,
        (GlobalSpace, AddressFamily.InterNetworkV6) => _global6,
        _ => throw NetworkException.InvalidArgument("pool", "AddressSpace", $"\"{name}\" is not one of {LocalSpace} and {GlobalSpace}"),
    };
}
