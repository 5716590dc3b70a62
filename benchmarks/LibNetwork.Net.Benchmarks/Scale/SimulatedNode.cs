using System.Net;
using LibNetwork.Cluster;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;
using LibNetwork.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Benchmarks.Scale;

/// <summary>A node with the control plane's real code, on one network, with a driver that only counts.</summary>
internal sealed class SimulatedNode : IAsyncDisposable
{
    private readonly ClusterNode _node;
    private readonly EndpointAnnouncer _announcer;
    private readonly RemoteEndpoints _remote;
    private readonly HashSet<EndpointId> _here = [];
    private readonly CountedConnection _connection;

    public SimulatedNode(SharedStore store, CountedTraffic traffic, TimeProvider time, int number, NetworkId network, bool listens)
    {
        (Number, Network) = (number, network);
        _connection = new CountedConnection(store.Connect(), traffic, listens);
        ClusterOptions options = new()
        {
            NodeName = $"node{number}", NodeId = new NodeId($"node{number}"), AdvertiseAddress = new IPAddress([172, (byte)(16 + (number >> 16)), (byte)(number >> 8), (byte)number]),
        };
        _node = new ClusterNode(_connection, new InMemoryNetworkStore(), options, NullLogger<ClusterNode>.Instance, time);
        _announcer = new EndpointAnnouncer(_node, _connection, NullLogger.Instance, time);
        FollowedNetwork followed = new()
        {
            Id = network, Subnets = [Subnet.Parse("10.0.0.0/8")], Names = Names, Peers = Peers, IsHere = _here.Contains,
        };
        _remote = new RemoteEndpoints(followed, _node, _connection, NullLogger.Instance, time);
    }

    public int Number { get; }

    public NetworkId Network { get; }

    public NetworkNames Names { get; } = new("network");

    public CountedPeers Peers { get; } = new();

    public int Joined => _here.Count;

    public SharedStoreConnection Connection => _connection.Connection;

    public ClusterConnection Standing => _node.Connection;

    public Task JoinClusterAsync() => _node.JoinAsync();

    /// <summary>Lets an endpoint join; its address and name follow from its number, of which there is one in the whole cluster.</summary>
    public async Task JoinAsync(int number)
    {
        IPAddress address = new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
        EndpointState endpoint = new()
        {
            Id = EndpointId.New(), Name = NameOf(number), NetworkId = Network, DnsNames = [NameOf(number), $"alias{number}"], MacAddress = MacAddress.Of(address),
            IPv4 = new InterfaceAddress(address, 8),
        };
        _here.Add(endpoint.Id);
        await _remote.FollowAsync(endpoint.Id);
        _announcer.Announce(endpoint);
    }

    public bool Finds(int number) => NameKey.TryParse(NameOf(number), out NameKey key) && Names.Current.Find(key) is not null;

    public async ValueTask DisposeAsync()
    {
        Connection.Cut();
        await _remote.DisposeAsync();
        await _announcer.DisposeAsync();
        await _node.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static string NameOf(int number) => $"container{number}";
}
