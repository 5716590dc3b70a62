using System.Collections.Concurrent;
using LibNetwork.Drivers;

namespace LibNetwork.TestSupport;

/// <summary>A driver that touches no kernel: it remembers what it was told and fails when it is told to.</summary>
public sealed class FakeNetworkDriver(string name = "fake") : INetworkDriver, INetworkOptionsDriver, IExternalConnectivityDriver
{
    private (string Call, Exception Failure, int After)? _single;

    public string Name { get; } = name;

    public DriverCapabilities Capabilities { get; init; } = new();

    public ConcurrentDictionary<NetworkId, DriverNetworkRequest> Networks { get; } = new();

    public ConcurrentDictionary<EndpointId, DriverEndpointRequest> Endpoints { get; } = new();

    public ConcurrentDictionary<EndpointId, DriverJoinRequest> Joined { get; } = new();

    /// <summary>What each endpoint was told last about the IPv4 gateway.</summary>
    public ConcurrentDictionary<EndpointId, EndpointId?> Gateways { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Thrown by the call of this name.</summary>
    public Dictionary<string, Exception> Failures { get; } = [];

    /// <summary>What a join answers.</summary>
    public Func<DriverJoinRequest, DriverJoin> Join { get; set; } = static _ => new DriverJoin();

    /// <summary>What a new endpoint answers.</summary>
    public DriverEndpoint Endpoint { get; set; } = new();

    /// <summary>What it chooses for new networks.</summary>
    public Dictionary<string, string> ChosenOptions { get; } = [];

    public ValueTask<IReadOnlyDictionary<string, string>> CompleteOptionsAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        Enter(nameof(CompleteOptionsAsync), cancellationToken);
        return ValueTask.FromResult<IReadOnlyDictionary<string, string>>(ChosenOptions);
    }

    public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        Enter(nameof(CreateNetworkAsync), cancellationToken);
        Networks[request.Id] = request;
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        Enter(nameof(DeleteNetworkAsync), cancellationToken);
        Networks.TryRemove(networkId, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        Enter(nameof(CreateEndpointAsync), cancellationToken);
        Endpoints[request.Id] = request;
        return ValueTask.FromResult(Endpoint);
    }

    public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        Enter(nameof(DeleteEndpointAsync), cancellationToken);
        Endpoints.TryRemove(endpointId, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
    {
        Enter(nameof(JoinAsync), cancellationToken);
        Joined[request.EndpointId] = request;
        return ValueTask.FromResult(Join(request));
    }

    public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        Enter(nameof(LeaveAsync), cancellationToken);
        Joined.TryRemove(endpointId, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<PortBinding>> ProgramExternalConnectivityAsync(
        NetworkId networkId, EndpointId endpointId, EndpointId? gatewayIPv4, EndpointId? gatewayIPv6, CancellationToken cancellationToken = default)
    {
        Enter(nameof(ProgramExternalConnectivityAsync), cancellationToken);
        Gateways[endpointId] = gatewayIPv4;
        return ValueTask.FromResult<IReadOnlyList<PortBinding>>([]);
    }

    /// <summary>Makes one call of a name fail.</summary>
    /// <param name="call">The name.</param>
    /// <param name="failure">What it throws.</param>
    /// <param name="after">How many calls of the name succeed before.</param>
    public void FailOnce(string call, Exception failure, int after) => _single = (call, failure, after);

    private void Enter(string call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Calls.Enqueue(call);
        if (Failures.TryGetValue(call, out Exception? failure))
        {
            throw failure;
        }

        if (_single is { } single && single.Call == call)
        {
            _single = single.After == 0 ? null : single with { After = single.After - 1 };
            if (_single is null)
            {
                throw single.Failure;
            }
        }
    }
}
