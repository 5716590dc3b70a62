namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver : IEndpointNameDriver
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
                await AskKernelAsync(endpoint.Network, endpoint.Subject, Mark, (port.Value, EndpointMark.Of(endpoint)), cancellationToken).ConfigureAwait(false);
            }

            if (endpoint.Demands.Count > 0)
            {
                await PublishAsync(endpoint, cancellationToken).ConfigureAwait(false);   // the ports stay, under the new name
            }
        }
        catch
        {
            endpoint.Name = before;
            throw;
        }
    }
}
