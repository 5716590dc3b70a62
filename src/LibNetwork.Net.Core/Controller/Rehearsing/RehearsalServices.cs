using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Publishing;

namespace LibNetwork.Controller.Rehearsing;

/// <summary>What drivers of a rehearsal act on.</summary>
internal sealed record RehearsalServices(HostKernel Kernel, INetworkFirewall Firewall, PortPublisher Publisher, TimeProvider Time) : IServiceProvider
{
    public object? GetService(Type serviceType)
        => serviceType == typeof(HostKernel) ? Kernel
            : serviceType == typeof(INetworkFirewall) ? Firewall
            : serviceType == typeof(IPortPublisher) ? Publisher
            : serviceType == typeof(TimeProvider) ? Time
            : null;
}
