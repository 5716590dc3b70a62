using System.Net;
using LibNetwork.Cluster;
using LibNetwork.Ipam;
using LibNetwork.Stores;
using LibNetwork.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>One host of a cluster, as a process on it sees it, with a connection that can be cut. What is the host's own survives <see cref="RestartAsync"/>.</summary>
internal sealed class ClusterHost : IAsyncDisposable
{
    public static readonly TimeSpan Presence = TimeSpan.FromSeconds(10), Holding = TimeSpan.FromMinutes(10);

    private readonly SharedStore _store;
    private readonly InMemoryNetworkStore _own = new();
    private readonly TimeProvider _time;
    private readonly ClusterOptions _options;
    private SharedAddresses _shared;

    public ClusterHost(SharedStore store, TimeProvider time, string name, ClusterOptions? options = null)
    {
        (_store, _time, Name) = (store, time, name);
        _options = options ?? new ClusterOptions();
        _options.NodeName = name;
        Start();
    }

    public string Name { get; }

    public ClusterNode Node { get; private set; }

    public SharedStoreConnection Connection { get; private set; }

    public DefaultIpamDriver Ipam { get; private set; }

    /// <summary>The process dies without a word, and another begins on the same host.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        Start();
    }

    /// <summary>The process dies without a word.</summary>
    public async Task EndAsync()
    {
        Connection.Cut();
        await _shared.DisposeAsync();
        await Node.DisposeAsync();
        await Connection.DisposeAsync();
    }

    public async Task<IpamPool> TakePoolAsync(string? subnet, string? holder, string? range = null)
        => await Ipam.RequestPoolAsync(new IpamPoolRequest
        {
            AddressSpace = Ipam.GlobalAddressSpace,
            Pool = subnet is null ? null : Subnet.Parse(subnet),
            SubPool = range is null ? null : Subnet.Parse(range),
            Holder = holder,
        });

    public async Task<string> TakeAsync(string poolId, string? holder, string? address = null)
        => (await Ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = poolId, Holder = holder, Address = address is null ? null : IPAddress.Parse(address) }))!.Value.Address.ToString();

    public async Task ReleaseAsync(string poolId, string address) => await Ipam.ReleaseAddressAsync(poolId, IPAddress.Parse(address));

    /// <summary>How many addresses of a pool are free, as far as the host knows; <see langword="null"/> when it knows of no such pool.</summary>
    public ulong? Free(string poolId)
    {
        Task<PoolUsage> usage = Ipam.GetPoolUsageAsync(poolId).AsTask();
        return usage.IsCompletedSuccessfully ? usage.Result.Available : null;
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(Connection), nameof(Node), nameof(_shared), nameof(Ipam))]
    private void Start()
    {
        Connection = _store.Connect();
        Node = new ClusterNode(Connection, _own, _options, NullLogger<ClusterNode>.Instance, _time);
        _shared = new SharedAddresses(DefaultIpamDriver.GlobalSpace, Node, Connection, NullLogger<SharedAddresses>.Instance, _time);
        Ipam = new DefaultIpamDriver([], _time, _shared);
    }
}
