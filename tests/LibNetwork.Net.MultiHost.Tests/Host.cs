using System.Net;
using LibNetwork.Cluster;
using LibNetwork.Ipam;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.MultiHost.Tests;

/// <summary>A host of a cluster on real etcd, with what it may believe that it holds. Its process can end and begin again.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly EtcdMembers _members;
    private readonly string _prefix;
    private readonly ClusterOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _held = new(StringComparer.Ordinal);
    private ServiceProvider _process;
    private Task _listening;

    public Host(EtcdMembers members, string prefix, ClusterOptions options)
    {
        (_members, _prefix, _options) = (members, prefix, options);
        Start();
    }

    public IClusterNode Node { get; private set; }

    public IIpamDriver Ipam { get; private set; }

    /// <summary>When the node last said that what it held is not its own any more.</summary>
    public DateTimeOffset LastLoss { get; private set; }

    public IReadOnlyDictionary<string, string> Held
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, string>(_held, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The process ends without a word, and the next asks for what its host has.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        Start();
    }

    public async Task<string> TakePoolAsync(string subnet, CancellationToken cancellationToken)
        => (await Ipam.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = Ipam.GlobalAddressSpace, Pool = Subnet.Parse(subnet), Holder = "network" }, cancellationToken)).PoolId;

    public async Task<string> TakeAsync(string pool, string holder, string? address, CancellationToken cancellationToken)
    {
        InterfaceAddress? taken = await Ipam.RequestAddressAsync(
            new IpamAddressRequest { PoolId = pool, Holder = holder, Address = address is null ? null : IPAddress.Parse(address) }, cancellationToken);
        return taken?.Address.ToString() ?? throw new InvalidOperationException("the driver gave no address");
    }

    public void Believe(string address, string holder)
    {
        lock (_gate)
        {
            _held[address] = holder;
        }
    }

    public void Forget(string address)
    {
        lock (_gate)
        {
            _held.Remove(address);
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_process), nameof(_listening), nameof(Node), nameof(Ipam))]
    private void Start()
    {
        ILibNetworkBuilder builder = new ServiceCollection().AddLibNetwork()
            .AddEtcdStore(options => (options.Endpoints, options.OpenSocket, options.Prefix, options.RequestTimeout) =
                (_members.Endpoints, _members.OpenSocket, _prefix, TimeSpan.FromSeconds(1)))
            .AddCluster(options => (options.NodeId, options.NodeName, options.PresenceDuration, options.HoldingDuration) =
                (_options.NodeId, _options.NodeName, _options.PresenceDuration, _options.HoldingDuration));
        _process = builder.Services.BuildServiceProvider();
        Node = _process.GetRequiredService<IClusterNode>();
        Ipam = _process.GetServices<IIpamDriver>().First(driver => driver.Name == "default");
        _listening = ListenAsync(Node.WatchEvents().GetAsyncEnumerator());
    }

    private async Task EndAsync()
    {
        await _process.DisposeAsync();
        await _listening;
    }

    private async Task ListenAsync(IAsyncEnumerator<ControllerEvent> events)
    {
        await using (events)
        {
            while (await events.MoveNextAsync())
            {
                if (events.Current is ClusterEvent { Kind: ClusterEventKind.HoldingLost } lost)
                {
                    lock (_gate)
                    {
                        LastLoss = lost.Time;
                        _held.Clear();
                    }
                }
            }
        }
    }
}
