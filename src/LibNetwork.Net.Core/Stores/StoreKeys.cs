namespace LibNetwork.Stores;

/// <summary>Where what is kept stands in the store.</summary>
internal static class StoreKeys
{
    public static string Network(NetworkId id) => $"libnetwork/v1/network/{id}";

    public static string Endpoint(NetworkId network, EndpointId id) => $"libnetwork/v1/endpoint/{network}/{id}";

    public static string Sandbox(SandboxId id) => $"libnetwork/v1/sandbox/{id}";
}
