namespace LibNetwork.Drivers.Bridge;

/// <summary>The notes on interfaces by which a later process knows whose they are.</summary>
internal static class KernelMarks
{
    private const string NetworkPrefix = "libnetwork:network:";
    private const string EndpointPrefix = "libnetwork:endpoint:";

    public static string Of(NetworkId network) => NetworkPrefix + network;

    public static string Of(EndpointId endpoint) => EndpointPrefix + endpoint;

    public static bool IsNetwork(string? alias) => alias?.StartsWith(NetworkPrefix, StringComparison.Ordinal) == true;

    public static bool IsEndpoint(string? alias) => alias?.StartsWith(EndpointPrefix, StringComparison.Ordinal) == true;
}
