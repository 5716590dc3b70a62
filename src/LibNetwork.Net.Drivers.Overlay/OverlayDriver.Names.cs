using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver : IEndpointNameDriver
{
    public async ValueTask RenameEndpointAsync(NetworkId networkId, EndpointId endpointId, string name, CancellationToken cancellationToken = default)
    {
        if (Find(networkId, endpointId) is not { } endpoint)
        {
            return;
        }

        string before = endpoint.Name;
        endpoint.Name = name;
        try
        {
            if (endpoint.Port is { } port)
            {
                await AskKernelAsync(endpoint.Subject, Mark, (port.Value, OverlayMarks.Of(endpoint)), cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            endpoint.Name = before;
            throw;
        }
    }

    private static bool Mark(KernelSession session, (string Port, string Text) mark)
    {
        session.Route.Batch.ChangeLink(mark.Port, new LinkChange { Alias = mark.Text });
        session.Route.Execute();
        return true;
    }
}
