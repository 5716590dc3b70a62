namespace LibNetwork.Drivers.Bridge;

/// <summary>What this driver's notes on interfaces begin with.</summary>
internal static class KernelMarks
{
    public const string NetworkPrefix = "libnetwork:network:";
    public const string EndpointPrefix = "libnetwork:endpoint:";

    public static bool IsNetwork(string? alias) => alias?.StartsWith(NetworkPrefix, StringComparison.Ordinal) == true;

    public static bool IsEndpoint(string? alias) => alias?.StartsWith(EndpointPrefix, StringComparison.Ordinal) == true;

    /// <summary>Whether a mark is this network's, whichever version wrote it.</summary>
    public static bool IsOf(NetworkId network, string? alias) => InterfaceMark.IsOfSame(alias, NetworkPrefix + network.Value);
}
