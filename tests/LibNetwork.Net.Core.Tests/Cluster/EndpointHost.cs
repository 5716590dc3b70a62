using System.Collections.Concurrent;
using System.Net;
using LibNetwork.Cluster;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;
using LibNetwork.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>One host of a cluster with one network that all hosts share, and what its endpoints can find. What is in its kernel survives <see cref="RestartAsync"/>.</summary>
internal sealed class EndpointHost : IAsyncDisposable
{
    public static readonly NetworkId Network = new("shared");

    private readonly SharedStore _store;
    private readonly InMemoryNetworkStore _own = new();
    private readonly TimeProvider _time;
    private readonly ClusterOptions _options;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<EndpointId, EndpointState> _joined = new();
    private EndpointAnnouncer _announcer;

    public EndpointHost(SharedStore store, TimeProvider time, int number, ILogger? logger = null)
    {
        (_store, _time, _logger) = (store, time, logger ?? NullLogger.Instance);
        Address = $"192.0.2.{number}";
        _options = new ClusterOptions { NodeName = $"host {number}", NodeId = new NodeId($"host{number}"), AdvertiseAddress = IPAddress.Parse(Address) };
        Start();
    }

    public string Address { get; }

    public ClusterNode Node { get; private set; }

    public SharedStoreConnection Connection { get; private set; }

    public NetworkNames Names { get; private set; }

    public RemoteEndpoints Remote { get; private set; }

    public FakeOverlayPeers Peers { get; } = new();

    public IReadOnlyCollection<EndpointState> Joined => [.. _joined.Values];

    /// <summary>What a join does as far as other hosts are concerned, in its order.</summary>
    public async Task<EndpointState> JoinAsync(string name, string address, params string[] aliases)
    {
        IPAddress ip = IPAddress.Parse(address);
        EndpointState endpoint = new()
        {
            Id = EndpointId.New(), Name = name, NetworkId = Network, DnsNames = [name, .. aliases], MacAddress = MacAddress.Of(ip), IPv4 = new InterfaceAddress(ip, 16),
        };
        await Remote.FollowAsync(endpoint.Id);
        Peers.Here.Add(ip);
        _joined[endpoint.Id] = endpoint;
        Show(endpoint);
        return endpoint;
    }

    public void Rename(EndpointState endpoint, params string[] names) => Show(_joined[endpoint.Id] = endpoint with { Name = names[0], DnsNames = names });

    public async Task LeaveAsync(EndpointState endpoint)
    {
        _joined.TryRemove(endpoint.Id, out _);
        Names.Remove(endpoint.Id);
        _announcer.Withdraw(Network, endpoint.Id);
        Peers.Here.Remove(endpoint.IPv4!.Value.Address);   // it joined with one
        await Remote.LetGoAsync(endpoint.Id);
    }

    /// <summary>What a deletion waits for after <see cref="LeaveAsync"/>, before the address may be another's.</summary>
    public ValueTask WithdrawnAsync(EndpointState endpoint) => _announcer.WithdrawnAsync(Network, endpoint.Id);

    /// <summary>The process dies without a word, and another begins on the same host with the endpoints that are still there.</summary>
    /// <param name="lost">Those that are not.</param>
    public async Task RestartAsync(params EndpointState[] lost)
    {
        await EndAsync();
        foreach (EndpointState endpoint in lost)
        {
            _joined.TryRemove(endpoint.Id, out _);
            Peers.Here.Remove(endpoint.IPv4!.Value.Address);   // it joined with one
        }

        Start();
        foreach (EndpointState endpoint in _joined.Values)
        {
            await Remote.FollowAsync(endpoint.Id);
            Show(endpoint);
        }

        if (_joined.IsEmpty)
        {
            Peers.Failures = 0;
            await Peers.ReplaceAsync(Network, []);   // the network is taken down
        }

        _announcer.Review();
    }

    /// <summary>The process dies without a word.</summary>
    public async Task EndAsync()
    {
        Connection.Cut();
        await Remote.DisposeAsync();
        await _announcer.DisposeAsync();
        await Node.DisposeAsync();
        await Connection.DisposeAsync();
    }

    /// <summary>The addresses that a name has here.</summary>
    public string[] Find(string name)
        => NameKey.TryParse(name, out NameKey key) && Names.Current.Find(key) is { } entry
            ? [.. entry.IPv4.Chunk(4).Select(static bytes => new IPAddress(bytes).ToString()).Order(StringComparer.Ordinal)]
            : [];

    public async ValueTask DisposeAsync() => await EndAsync();

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(Connection), nameof(Node), nameof(_announcer), nameof(Names), nameof(Remote))]
    private void Start()
    {
        Connection = _store.Connect();
        Node = new ClusterNode(Connection, _own, _options, NullLogger<ClusterNode>.Instance, _time);
        _announcer = new EndpointAnnouncer(Node, Connection, _logger, _time);
        Names = new NetworkNames("shared");
        FollowedNetwork network = new()
        {
            Id = Network, Subnets = [Subnet.Parse("10.9.0.0/16")], Names = Names, Peers = Peers, IsHere = _joined.ContainsKey,
        };
        Remote = new RemoteEndpoints(network, Node, Connection, _logger, _time);
    }

    private void Show(EndpointState endpoint)
    {
        Names.Put(endpoint.Id, new EndpointNames(endpoint.DnsNames, endpoint.IPv4?.Address, IPv6: null, endpoint.Discovery.PortNames));
        _announcer.Announce(endpoint);
    }
}
