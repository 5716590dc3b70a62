namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: keeps endpoints' names, for example in the kernel. Found by a type test; others never hear of a new name.</summary>
public interface IEndpointNameDriver
{
    /// <summary>Gives an endpoint another name, whether or not it is joined. Repeating it with any name is safe.</summary>
    /// <param name="networkId">The network.</param>
    /// <param name="endpointId">The endpoint; an unknown one is not an error.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels the call; the caller then gives the old name again.</param>
    ValueTask RenameEndpointAsync(NetworkId networkId, EndpointId endpointId, string name, CancellationToken cancellationToken = default);
}
