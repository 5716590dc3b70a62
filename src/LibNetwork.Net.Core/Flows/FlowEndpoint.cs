using System.Net;

namespace LibNetwork.Flows;

/// <summary>A joined endpoint as its record says: who it is, and where its interface is found.</summary>
/// <param name="Subject">For example <c>endpoint "web" on network "front"</c>.</param>
/// <param name="ContainerId">The container whose sandbox it is in.</param>
/// <param name="NamespacePath">The sandbox's namespace.</param>
/// <param name="State">The endpoint.</param>
internal sealed record FlowEndpoint(string Subject, string ContainerId, string NamespacePath, EndpointState State)
{
    public bool Has(IPAddress address)
        => address.Equals(State.IPv4?.Address) || address.Equals(State.IPv6?.Address) || State.LinkLocalAddresses.Contains(address)
            || (State.IPv6 is not null && address.Equals(State.MacAddress?.ToLinkLocalAddress()));
}
