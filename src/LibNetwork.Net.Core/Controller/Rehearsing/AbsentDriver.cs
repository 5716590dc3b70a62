using LibNetwork.Drivers;

namespace LibNetwork.Controller.Rehearsing;

/// <summary>Stands in a rehearsal for a driver that cannot act on another host: its networks are on record and hold their pools, and nothing is built.</summary>
internal sealed class AbsentDriver(INetworkDriver driver) : INetworkDriver
{
    public string Name => driver.Name;

    public DriverCapabilities Capabilities => driver.Capabilities;

    public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(new DriverEndpoint());

    public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default) => throw CannotBePlanned(driver.Name);

    public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public static NetworkException CannotBePlanned(string name)
        => new(NetworkErrorKind.NotSupported, $"driver \"{name}\"", "cannot say what it would do without doing it");
}
