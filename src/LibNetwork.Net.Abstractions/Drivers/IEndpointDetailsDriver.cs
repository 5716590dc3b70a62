namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: reports what it knows of an endpoint. Found by a type test.</summary>
public interface IEndpointDetailsDriver
{
    /// <summary>What there is to know, by label; empty for an unknown endpoint.</summary>
    IReadOnlyDictionary<string, string> GetEndpointDetails(NetworkId networkId, EndpointId endpointId);
}
