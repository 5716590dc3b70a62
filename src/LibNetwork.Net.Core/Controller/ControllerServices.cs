using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>What the controller's objects share.</summary>
internal sealed record ControllerServices(
    HostKernel Kernel, INetworkStore Store, INetworkFirewall Firewall, TimeProvider Time, ILogger Logger, EventStream Events, string NamespaceDirectory,
    string HostNamespacePath);
