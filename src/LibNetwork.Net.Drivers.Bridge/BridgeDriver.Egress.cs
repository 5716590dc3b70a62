using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver : IEgressDriver
{
    public async ValueTask ChangeEgressAsync(NetworkId networkId, EndpointId endpointId, EgressPolicy? egress, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { } endpoint)
        {
            return;
        }

        ThrowUnlessEnforceable(endpoint, egress);
        EgressPolicy? before = endpoint.Egress;
        if (endpoint.Port is not { } port || _firewall is not IEgressFirewall firewall)
        {
            endpoint.Egress = egress;
            return;
        }

        UndoStack undo = new();
        try
        {
            undo.Push(() => firewall.ChangeEgressAsync(endpointId, before, CancellationToken.None));
            await firewall.ChangeEgressAsync(endpointId, egress, cancellationToken).ConfigureAwait(false);
            endpoint.Egress = egress;
            if (before is null != egress is null)
            {
                await AskKernelAsync(endpoint.Network, endpoint.Subject, Mark, (port.Value, EndpointMark.Of(endpoint)), cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            endpoint.Egress = before;
            await RollBackAsync(undo, endpoint.Subject).ConfigureAwait(false);
            throw;
        }
    }

    private void ThrowUnlessEnforceable(BridgeEndpoint endpoint, EgressPolicy? egress)
    {
        if (egress is null)
        {
            return;
        }

        // Whoever may use any address would only have to use another one; whose segment has other routers need not come by the host.
        (string Problem, string? Remedy)? reason = !endpoint.IsGuarded
            ? ("an egress policy goes by addresses, and those of this endpoint are not guarded", $"leave {BridgeLabels.SourceGuard} on")
            : !endpoint.Network.OwnsSegment
                ? ($"an egress policy holds where the host is the only way out, and bridge \"{endpoint.Network.BridgeName}\" is somebody else's",
                    $"let the library make the bridge, without {BridgeLabels.BridgeName} or with a name that is free")
                : _firewall is not IEgressFirewall ? ("the firewall enforces no egress policy", null) : null;
        if (reason is { } refused)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, endpoint.Subject, refused.Problem)
            {
                Field = nameof(EndpointSpec.Egress),
                Remedy = refused.Remedy,
            };
        }
    }

    private static bool Mark(KernelSession session, (string Port, string Text) mark)
    {
        session.Route.Batch.ChangeLink(mark.Port, new LinkChange { Alias = mark.Text });
        session.Route.Execute();
        return true;
    }
}
