namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An interface with a hardware address of its own on the parent's wire.</summary>
public sealed record MacvlanLinkSpec : LinkSpec
{
    /// <summary>The index of the parent interface, in the namespace that the request is made in.</summary>
    public required int Parent { get; init; }

    /// <summary>How the interfaces of one parent reach one another.</summary>
    /// <value>The default is <see cref="MacvlanMode.Bridge"/>.</value>
    public MacvlanMode Mode { get; init; } = MacvlanMode.Bridge;
}
