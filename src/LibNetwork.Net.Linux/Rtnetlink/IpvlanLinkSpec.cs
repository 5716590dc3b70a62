namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An interface that shares its parent's hardware address and is told apart by IP address.</summary>
public sealed record IpvlanLinkSpec : LinkSpec
{
    /// <summary>The index of the parent interface, in the namespace that the request is made in.</summary>
    public required int Parent { get; init; }

    /// <summary>At which layer packets are switched. All ipvlan interfaces of one parent have the same.</summary>
    /// <value>The default is <see cref="IpvlanMode.L2"/>.</value>
    public IpvlanMode Mode { get; init; } = IpvlanMode.L2;

    /// <summary>How the interfaces of one parent reach one another.</summary>
    /// <value>The default is <see cref="IpvlanFlags.Bridge"/>.</value>
    public IpvlanFlags Flags { get; init; }
}
