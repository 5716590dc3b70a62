using LibNetwork.Publishing;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>Remembers what each endpoint is to have published, and says that it has.</summary>
internal sealed class FakePublisher : IPortPublisher
{
    public Dictionary<EndpointId, PublicationRequest> Published { get; } = [];

    public ValueTask<IReadOnlyList<PortBinding>> PublishAsync(PublicationRequest request, CancellationToken cancellationToken = default)
    {
        Published[request.EndpointId] = request;
        return ValueTask.FromResult<IReadOnlyList<PortBinding>>([.. request.Demands.Select(demand => new PortBinding
        {
            Protocol = demand.Protocol, ContainerPorts = demand.ContainerPorts, HostAddress = demand.HostAddress, HostPorts = demand.HostPorts,
        })]);
    }

    public ValueTask WithdrawAsync(EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        Published.Remove(endpointId);
        return ValueTask.CompletedTask;
    }
}
