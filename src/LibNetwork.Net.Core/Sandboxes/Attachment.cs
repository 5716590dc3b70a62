using System.Net;
using LibNetwork.Controller;
using LibNetwork.Drivers;

namespace LibNetwork.Sandboxes;

/// <summary>An endpoint that is joined to a sandbox.</summary>
internal sealed record Attachment(Endpoint Endpoint, int Priority, string? InterfaceName, DriverJoin Join, bool HasIPv6)
{
    /// <summary>The interface's index in the sandbox; 0 when there is none.</summary>
    public int InterfaceIndex { get; init; }

    private Network Owner => Endpoint.Owner;

    public bool IsInternal => Owner.State.Internal;

    public bool MayBeGateway => Owner.Driver.Capabilities.OffersGateway && !IsInternal;

    public bool IsGatewayNetwork => Owner.Name == GatewayNetwork.NetworkName;

    public bool OffersIPv4 => MayBeGateway && (Join.GatewayIPv4 is not null || Join.ForceGatewayIPv4 || RoutesEverything(IPAddress.Any));

    public bool OffersIPv6 => MayBeGateway && HasIPv6 && (Join.GatewayIPv6 is not null || Join.ForceGatewayIPv6 || RoutesEverything(IPAddress.IPv6Any));

    public int FamiliesOffered => (OffersIPv4 ? 1 : 0) + (OffersIPv6 ? 1 : 0);

    private bool RoutesEverything(IPAddress unspecified)
        => Join.Routes.Any(route => route.Destination.PrefixLength == 0 && route.Destination.BaseAddress.Equals(unspecified));
}
