namespace MiniRuntime.Compose.Model;

/// <summary>A service's place on a network.</summary>
/// <param name="Network">The network's key in the file.</param>
internal sealed record ServiceNetwork(string Network)
{
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? IPv4Address { get; init; }

    public string? IPv6Address { get; init; }

    public IReadOnlyList<string> LinkLocalAddresses { get; init; } = [];

    public string? MacAddress { get; init; }

    /// <summary>The network with the highest is connected first.</summary>
    public int Priority { get; init; }

    /// <summary>The network with the highest has the default route.</summary>
    public int GatewayPriority { get; init; }

    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();
}
