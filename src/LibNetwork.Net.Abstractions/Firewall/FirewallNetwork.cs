namespace LibNetwork.Firewall;

/// <summary>A network as the firewall sees it.</summary>
public sealed record FirewallNetwork
{
    /// <summary>The network.</summary>
    public required NetworkId Id { get; init; }

    /// <summary>The host's interface to it, such as its bridge.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>Whether nothing may leave or enter.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether its endpoints may talk to each other.</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary>Interfaces of the host by which open ports are reached on the endpoints' own addresses.</summary>
    public IReadOnlyList<InterfaceName> TrustedInterfaces { get; init; } = [];

    /// <summary>How IPv4 leaves and enters; <see langword="null"/> when it has no IPv4.</summary>
    public FirewallFamily? IPv4 { get; init; }

    /// <summary>How IPv6 leaves and enters; <see langword="null"/> when it has no IPv6.</summary>
    public FirewallFamily? IPv6 { get; init; }

    /// <summary>Whether all is the same, interface by interface.</summary>
    public bool Equals(FirewallNetwork? other) => other is not null
        && (Id, Interface, Internal, InterContainer) == (other.Id, other.Interface, other.Internal, other.InterContainer)
        && TrustedInterfaces.SequenceEqual(other.TrustedInterfaces)
        && IPv4 == other.IPv4
        && IPv6 == other.IPv6;

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}
