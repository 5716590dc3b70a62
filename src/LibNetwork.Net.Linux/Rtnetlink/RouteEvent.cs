namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Something that happened to the links, addresses, routes or neighbours of a namespace, whoever did it.</summary>
/// <param name="Kind">What happened; it says which one of the other properties is set.</param>
public sealed record RouteEvent(RouteEventKind Kind)
{
    /// <summary>The link that an event about links is about, as it is now or, when removed, as it last was.</summary>
    public LinkInfo? Link { get; init; }

    /// <summary>The address that an event about addresses is about.</summary>
    public AddressInfo? Address { get; init; }

    /// <summary>The route that an event about routes is about.</summary>
    public RouteInfo? Route { get; init; }

    /// <summary>The neighbour that an event about neighbours is about.</summary>
    public NeighbourInfo? Neighbour { get; init; }

    /// <summary>The entry that an event about forwarding entries is about.</summary>
    public ForwardingEntryInfo? ForwardingEntry { get; init; }
}
