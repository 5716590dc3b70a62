namespace LibNetwork.Stores;

/// <summary>Where what is kept stands in the store.</summary>
internal static class StoreKeys
{
    public const string Networks = "libnetwork/v1/network/";
    public const string Endpoints = "libnetwork/v1/endpoint/";
    public const string Sandboxes = "libnetwork/v1/sandbox/";

    /// <summary>The id that the host has in its cluster.</summary>
    public const string Node = "libnetwork/v1/node";

    public static string Network(NetworkId id) => $"{Networks}{id}";

    public static string Endpoint(NetworkId network, EndpointId id) => $"{Endpoints}{network}/{id}";

    public static string Sandbox(SandboxId id) => $"{Sandboxes}{id}";
}
