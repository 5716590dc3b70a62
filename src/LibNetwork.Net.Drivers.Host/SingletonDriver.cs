namespace LibNetwork.Drivers.Host;

/// <summary>A driver with one network that is always there, and that has nothing to build: its sandboxes bring what they need.</summary>
internal abstract class SingletonDriver : INetworkDriver, IRehearsableDriver
{
    private readonly Lock _gate = new();
    private (NetworkId Id, string Name)? _network;

    public abstract string Name { get; }

    public abstract INetworkDriver OnHost(IServiceProvider host);

    public DriverCapabilities Capabilities { get; } = new() { UsesIpam = false, IsSingleton = true, OffersGateway = false, BuildsEndpoints = false };

    public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_network is { } holder && holder.Id != request.Id)
            {
                throw NetworkException.Forbidden(
                    $"network \"{request.Name}\"", $"there is one network of driver \"{Name}\", \"{holder.Name}\"", holder.Name, "use that one");
            }

            _network = (request.Id, request.Name);
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return _network is { } holder && holder.Id == networkId
                ? throw NetworkException.Forbidden($"network \"{holder.Name}\"", $"the network of driver \"{Name}\" cannot be deleted")
                : ValueTask.CompletedTask;
        }
    }

    public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(new DriverEndpoint());

    public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
        => ValueTask.CompletedTask;

    public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(new DriverJoin { DisableGatewayService = true });

    public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
        => ValueTask.CompletedTask;
}
