namespace LibNetwork.Drivers;

/// <summary>What a driver read from the kernel of its networks.</summary>
public sealed record RecoveredNetworks
{
    /// <summary>The networks, as they would be asked for. The controller fills in the pools' ids.</summary>
    public IReadOnlyList<DriverNetworkRequest> Networks { get; init; } = [];

    /// <summary>The joined endpoints.</summary>
    public IReadOnlyList<RecoveredEndpoint> Endpoints { get; init; } = [];

    /// <summary>What carries the driver's mark and could not be read, one line each with the reason. It stays as it is.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Networks of which more options were set than could be read.</summary>
    public IReadOnlyList<NetworkId> WithoutOptions { get; init; } = [];
}
