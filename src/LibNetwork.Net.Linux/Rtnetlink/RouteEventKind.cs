namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What a <see cref="RouteEvent"/> tells.</summary>
public enum RouteEventKind
{
    /// <summary>Events were lost: whoever follows the namespace's state reads it anew.</summary>
    Overrun = 0,

    /// <summary>A link was created here or moved here.</summary>
    LinkAdded,

    /// <summary>A link's state or settings changed.</summary>
    LinkChanged,

    /// <summary>A link was deleted or moved elsewhere.</summary>
    LinkRemoved,

    /// <summary>A link got an address, or an address of it changed.</summary>
    AddressAdded,

    /// <summary>A link lost an address.</summary>
    AddressRemoved,

    /// <summary>A route was added.</summary>
    RouteAdded,

    /// <summary>A route took the place of another.</summary>
    RouteReplaced,

    /// <summary>A route was removed. IPv4 routes that go with their link are removed without an event.</summary>
    RouteRemoved,

    /// <summary>A neighbour became known, or its state changed.</summary>
    NeighbourChanged,

    /// <summary>A neighbour was forgotten.</summary>
    NeighbourRemoved,

    /// <summary>A station became known on a bridge or tunnel, or its place changed.</summary>
    ForwardingEntryChanged,

    /// <summary>A station was forgotten.</summary>
    ForwardingEntryRemoved,
}
