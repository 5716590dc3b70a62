using LibNetwork;
using LibNetwork.Drivers.Bridge;

namespace MiniRuntime.Engine.Networks;

/// <summary>The networks that every engine has.</summary>
internal static class BuiltInNetworks
{
    public static IReadOnlyList<NetworkSpec> Specs { get; } =
    [
        new()
        {
            Name = "bridge",
            Driver = "bridge",
            Options = new Dictionary<string, string>
            {
                [BridgeLabels.DefaultBridge] = "true",
                [BridgeLabels.EnableInterContainer] = "true",
                [BridgeLabels.EnableMasquerade] = "true",
                [BridgeLabels.HostBinding] = "0.0.0.0",
                [BridgeLabels.BridgeName] = "docker0",
                [NetworkLabels.Mtu] = "1500",
            },
        },
        new() { Name = "host", Driver = "host" },
        new() { Name = "none", Driver = "null" },
    ];

    public static bool Contains(string name) => Specs.Any(spec => spec.Name == name);

    /// <summary>Whether a driver has one network only, a built-in one.</summary>
    public static bool IsSingleton(string driver) => driver is "host" or "null";
}
