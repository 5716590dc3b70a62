using LibNetwork.Drivers;

namespace LibNetwork.Stores;

/// <summary>All that is kept of an endpoint.</summary>
internal sealed record KeptEndpoint
{
    public required EndpointState State { get; init; }

    public required IReadOnlyDictionary<string, string> Options { get; init; }

    public required string InterfacePrefix { get; init; }

    public string? PoolIPv4 { get; init; }

    public string? PoolIPv6 { get; init; }

    /// <summary>How it is joined; <see langword="null"/> while it is not.</summary>
    public DriverJoin? Join { get; init; }

    public int GatewayPriority { get; init; }
}
