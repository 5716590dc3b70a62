namespace LibNetwork;

/// <summary>The usual pair of steps in one.</summary>
public static class NetworkAttachExtensions
{
    /// <summary>Creates an endpoint and joins it to a sandbox; a failure leaves neither.</summary>
    /// <exception cref="NetworkException">As <see cref="INetwork.CreateEndpointAsync"/> and <see cref="IEndpoint.JoinAsync"/>.</exception>
    public static async Task<IEndpoint> AttachAsync(
        this INetwork network, ISandbox sandbox, EndpointSpec spec, JoinOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        IEndpoint endpoint = await network.CreateEndpointAsync(spec, cancellationToken).ConfigureAwait(false);
        try
        {
            await endpoint.JoinAsync(sandbox, options, cancellationToken).ConfigureAwait(false);
            return endpoint;
        }
        catch
        {
            await endpoint.DeleteAsync(force: true, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}
