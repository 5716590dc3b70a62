using LibNetwork.Cluster;
using LibNetwork.Firewall;
using LibNetwork.Ipam.Host;
using LibNetwork.Linux;
using LibNetwork.ServiceDiscovery.Listening;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>What the controller's objects share.</summary>
internal sealed record ControllerServices(
    HostKernel Kernel, INetworkStore Store, INetworkFirewall Firewall, ResolverService Resolvers, TimeProvider Time, ILogger Logger, EventStream Events,
    string NamespaceDirectory, string HostNamespacePath)
{
    /// <summary>The ranges that the host uses; <see langword="null"/> when pools are chosen without regard to them.</summary>
    public HostRangeWatch? HostRanges { get; init; }

    /// <summary>Endpoints on other nodes; <see langword="null"/> outside a cluster.</summary>
    public ClusterEndpoints? Cluster { get; init; }
}
