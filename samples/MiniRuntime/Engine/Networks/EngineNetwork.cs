using LibNetwork;

namespace MiniRuntime.Engine.Networks;

/// <summary>A network of the engine.</summary>
/// <remarks>The one who implements the catalog adds what the API shows: Attachable, ConfigOnly, ConfigFrom, the IPAM configuration as asked, and so on.</remarks>
internal sealed class EngineNetwork
{
    /// <summary>The library's network; <see langword="null"/> for one that is only a configuration for others (<c>ConfigOnly</c>).</summary>
    public INetwork? Network { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Driver { get; init; }

    /// <summary>Whether the user chose a subnet, without which no container may ask for an address.</summary>
    public bool HasConfiguredSubnet { get; init; }
}
