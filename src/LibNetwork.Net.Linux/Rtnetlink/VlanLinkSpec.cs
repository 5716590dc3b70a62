namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An interface that sends and receives the frames of one VLAN on its parent's wire.</summary>
public sealed record VlanLinkSpec : LinkSpec
{
    /// <summary>The index of the parent interface, in the namespace that the request is made in.</summary>
    public required int Parent { get; init; }

    /// <summary>The VLAN, 0 to 4094.</summary>
    public required ushort Id { get; init; }

    /// <summary>Which tag marks the frames.</summary>
    /// <value>The default is <see cref="VlanProtocol.Ieee8021Q"/>.</value>
    public VlanProtocol Protocol { get; init; } = VlanProtocol.Ieee8021Q;
}
