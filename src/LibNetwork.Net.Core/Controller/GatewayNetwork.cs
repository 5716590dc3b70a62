using System.Collections.ObjectModel;

namespace LibNetwork.Controller;

/// <summary>The network that gives a way out to sandboxes whose own networks have none (Docker's <c>docker_gwbridge</c>).</summary>
internal static class GatewayNetwork
{
    public const string NetworkName = "docker_gwbridge";
    public const string Driver = "bridge";

    public static NetworkSpec Spec { get; } = new()
    {
        Name = NetworkName,
        Driver = Driver,
        Options = new ReadOnlyDictionary<string, string>(new Dictionary<string, string>
        {
            ["com.docker.network.bridge.name"] = NetworkName,
            ["com.docker.network.bridge.enable_icc"] = "false",
            ["com.docker.network.bridge.enable_ip_masquerade"] = "true",
        }),
    };

    /// <summary>What a sandbox's endpoint on it is called.</summary>
    public static string EndpointName(Sandbox sandbox)
    {
        const int ShortId = 12;
        return "gateway_" + (sandbox.ContainerId.Length <= ShortId ? sandbox.ContainerId : sandbox.Id.Value[..ShortId]);
    }
}
