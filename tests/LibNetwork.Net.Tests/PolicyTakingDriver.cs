using System.Collections.Concurrent;
using LibNetwork.Drivers;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A driver without kernel and without a way out that takes egress policies.</summary>
internal sealed class PolicyTakingDriver : INetworkDriver, IEgressDriver
{
    private readonly FakeNetworkDriver _fake = new("taking");

    public string Name => _fake.Name;

    public DriverCapabilities Capabilities => _fake.Capabilities;

    public ConcurrentDictionary<EndpointId, EgressPolicy?> Policies { get; } = new();

    public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default) => _fake.CreateNetworkAsync(request, cancellationToken);

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => _fake.DeleteNetworkAsync(networkId, cancellationToken);

    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Policies[request.Id] = request.Egress;
        return _fake.CreateEndpointAsync(request, cancellationToken);
    }

    public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
        => _fake.DeleteEndpointAsync(networkId, endpointId, cancellationToken);

    public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default) => _fake.JoinAsync(request, cancellationToken);

    public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
        => _fake.LeaveAsync(networkId, endpointId, cancellationToken);

    public ValueTask ChangeEgressAsync(NetworkId networkId, EndpointId endpointId, EgressPolicy? egress, CancellationToken cancellationToken = default)
    {
        Policies[endpointId] = egress;
        return ValueTask.CompletedTask;
    }
}
