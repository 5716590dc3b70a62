namespace LibNetwork.Publishing;

/// <summary>All that an endpoint is to have published.</summary>
public sealed record PublicationRequest
{
    /// <summary>The network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>The endpoint.</summary>
    public required EndpointId EndpointId { get; init; }

    /// <summary>The endpoint in words, for messages: <c>endpoint "web-1" on network "front"</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What is wanted. Demands that differ only in the addresses get the same port of the host.</summary>
    public required IReadOnlyList<PortDemand> Demands { get; init; }

    /// <summary>Where the endpoint was published before; a choice falls on the same ports again if they are free.</summary>
    public IReadOnlyList<PortBinding> Previous { get; init; } = [];
}
