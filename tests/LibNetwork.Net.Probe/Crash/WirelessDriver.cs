using LibNetwork.Drivers;

namespace LibNetwork.Probe.Crash;

/// <summary>Networks that build nothing and offer no way out, so that their sandboxes need the automatic gateway network.</summary>
internal sealed class WirelessDriver : INetworkDriver
{
    public string Name => "wireless";

    public DriverCapabilities Capabilities { get; } = new();

    public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(new DriverEndpoint());

    public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(new DriverJoin());

    public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
