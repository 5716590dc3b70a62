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

    /// <summary>How far the joining has come, or the leaving.</summary>
    public RecordPhase JoinPhase { get; init; } = RecordPhase.Ready;

    public int GatewayPriority { get; init; }
}
