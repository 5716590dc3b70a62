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

        endpoint.PublishedPorts = await _publisher.PublishAsync(
            new PublicationRequest
            {
                NetworkId = networkId,
                EndpointId = endpointId,
                Subject = endpoint.Subject,
                Demands = demands,
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
            endpoint.PublishedPorts = [];
        }
    }

    private static bool HostHasIPv6(KernelSession session)
    {
        try
        {
            return session.ReadSysctl(session.HostNamespace, "net/ipv6/conf/lo/disable_ipv6") == "0";
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            return false;   // a kernel without IPv6
        }
    }
}
