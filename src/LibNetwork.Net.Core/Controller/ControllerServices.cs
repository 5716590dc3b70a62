using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.ServiceDiscovery.Listening;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>What the controller's objects share.</summary>
internal sealed record ControllerServices(
    HostKernel Kernel, INetworkStore Store, INetworkFirewall Firewall, ResolverService Resolvers, TimeProvider Time, ILogger Logger,
    string NamespaceDirectory, string HostNamespacePath);
