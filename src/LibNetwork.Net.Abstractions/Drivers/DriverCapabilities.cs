namespace LibNetwork.Drivers;

/// <summary>What a network driver offers.</summary>
public sealed record DriverCapabilities
{
    /// <summary>How far its networks' data reaches.</summary>
    public NetworkScope DataScope { get; init; } = NetworkScope.Local;

    /// <summary>How far its endpoints reach.</summary>
    public NetworkScope ConnectivityScope { get; init; } = NetworkScope.Local;

    /// <summary>Whether its networks have address pools.</summary>
    public bool UsesIpam { get; init; } = true;

    /// <summary>Whether there is exactly one network of this type, which cannot be deleted (host and null).</summary>
    public bool IsSingleton { get; init; }

    /// <summary>Whether an endpoint that is created, but not joined, is more than a record in the driver's memory.</summary>
    /// <value>The default is <see langword="true"/>. Otherwise creating one costs a commit less.</value>
    public bool BuildsEndpoints { get; init; } = true;

    /// <summary>Whether its endpoints may be a sandbox's default gateway or want one.</summary>
    public bool OffersGateway { get; init; } = true;
}
