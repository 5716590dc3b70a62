using System.Collections.Immutable;
using System.Net;

namespace LibNetwork.ServiceDiscovery.Egress;

/// <summary>What the policies of a sandbox's endpoints mean to its resolver.</summary>
/// <param name="Policies">Those with names.</param>
/// <param name="Subnets">The sandbox's own networks, which no policy closes.</param>
internal sealed record SandboxEgress(ImmutableArray<EndpointNamePolicy> Policies, ImmutableArray<Subnet> Subnets)
{
    /// <summary>Whether the user's server is asked from the host, because the policies close the way to it for everything inside.</summary>
    public bool Hides(IPAddress server) => !IPAddress.IsLoopback(server) && !Subnets.Any(subnet => subnet.Contains(server));
}
