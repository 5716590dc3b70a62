using LibNetwork.Linux;
using LibNetwork.Publishing;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver
{
    public async ValueTask<IReadOnlyList<PortBinding>> ProgramExternalConnectivityAsync(
        NetworkId networkId, EndpointId endpointId, EndpointId? gatewayIPv4, EndpointId? gatewayIPv6, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { PortBindings.Count: > 0 } endpoint)
        {
            return [];
        }

        bool isLeaving = gatewayIPv4 is null && gatewayIPv6 is null;
        IReadOnlyList<PortDemand> demands = isLeaving ? [] : new PortPlan(
            endpoint,
            IsGatewayIPv4: gatewayIPv4 == endpointId,
            IsGatewayIPv6: gatewayIPv6 == endpointId,
            HasOtherIPv6: gatewayIPv6 is { } other && other != endpointId,
            HostHasIPv6: await _kernel.RunAsync(static (session, _) => HostHasIPv6(session), 0, cancellationToken).ConfigureAwait(false)).Demands();
        if (demands.Count == 0)
        {
            await WithdrawPortsAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return [];
        }

        endpoint.Demands = demands;
        return await PublishAsync(endpoint, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<PortBinding>> PublishAsync(BridgeEndpoint endpoint, CancellationToken cancellationToken)
    {
        endpoint.PublishedPorts = await _publisher.PublishAsync(
            new PublicationRequest
            {
                NetworkId = endpoint.Network.Id,
                EndpointId = endpoint.Id,
                Subject = endpoint.Subject,
                Demands = endpoint.Demands,
                Previous = endpoint.PreviousPorts,
            },
            cancellationToken).ConfigureAwait(false);
        endpoint.PreviousPorts = endpoint.PublishedPorts;
        return endpoint.PublishedPorts;
    }

    private async ValueTask WithdrawPortsAsync(BridgeEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.PortBindings.Count > 0)
        {
            await _publisher.WithdrawAsync(endpoint.Id, cancellationToken).ConfigureAwait(false);
            (endpoint.Demands, endpoint.PublishedPorts) = ([], []);
        }
    }

    // A kernel without IPv6 says nothing of it. Read over the socket that is open: a look into /proc costs three times as much.
    private static bool HostHasIPv6(KernelSession session) => session.Route.FindLink("lo") is { IPv6Disabled: false };
}
