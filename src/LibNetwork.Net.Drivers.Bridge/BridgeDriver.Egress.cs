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

        ThrowUnlessEnforceable(endpoint.Subject, endpoint.IsGuarded, egress);
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

    /// <summary>A policy goes by addresses, so an endpoint that may use any would only have to use another one.</summary>
    private void ThrowUnlessEnforceable(string subject, bool isGuarded, EgressPolicy? egress)
    {
        if (egress is null)
        {
            return;
        }

        if (!isGuarded)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, subject, "an egress policy goes by addresses, and those of this endpoint are not guarded")
            {
                Field = nameof(EndpointSpec.Egress),
                Remedy = $"leave {BridgeLabels.SourceGuard} on",
            };
        }

        if (_firewall is not IEgressFirewall)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, subject, "the firewall enforces no egress policy") { Field = nameof(EndpointSpec.Egress) };
        }
    }

    private static bool Mark(KernelSession session, (string Port, string Text) mark)
    {
        session.Route.Batch.ChangeLink(mark.Port, new LinkChange { Alias = mark.Text });
        session.Route.Execute();
        return true;
    }
}
