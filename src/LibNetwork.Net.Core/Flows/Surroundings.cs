using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>The host and its endpoints, as the kernel has them during one turn.</summary>
/// <param name="session">The turn.</param>
/// <param name="endpoints">The joined endpoints.</param>
/// <param name="interfaces">The networks' interfaces on the host.</param>
internal sealed class Surroundings(KernelSession session, IReadOnlyList<FlowEndpoint> endpoints, IReadOnlySet<string> interfaces) : IDisposable
{
    private readonly Dictionary<string, NetworkStack?> _sandboxes = new(StringComparer.Ordinal);

    public NetworkStack Host { get; } = NetworkStack.OfHost(session);

    /// <summary>Whether an interface of the host is a network's, so that all who are on it are known.</summary>
    public bool IsOwn(LinkInfo link) => interfaces.Contains(link.Name);

    /// <summary>Finds the endpoint that has an address on a bridge.</summary>
    public BridgePort? FindPort(LinkInfo bridge, IPAddress address)
        => endpoints.Where(endpoint => endpoint.Has(address)).Select(PortOf).FirstOrDefault(port => port?.Bridge.Index == bridge.Index);

    /// <summary>Finds the endpoint whose interface is one of a sandbox's.</summary>
    public BridgePort? FindPort(NetworkStack sandbox, LinkInfo inside)
        => endpoints.Select(endpoint => _sandboxes.TryGetValue(endpoint.NamespacePath, out NetworkStack? stack) && stack == sandbox ? PortOf(endpoint) : null)
            .FirstOrDefault(port => port?.Inside.Index == inside.Index);

    /// <summary>The stack of an endpoint's sandbox.</summary>
    /// <returns><see langword="null"/> when it is gone.</returns>
    public NetworkStack? StackOf(FlowEndpoint endpoint)
    {
        if (!_sandboxes.TryGetValue(endpoint.NamespacePath, out NetworkStack? stack))
        {
            stack = Open(endpoint);
            _sandboxes.Add(endpoint.NamespacePath, stack);
        }

        return stack;
    }

    /// <summary>Finds an endpoint's port.</summary>
    /// <returns><see langword="null"/> when it has none on a bridge, or none any more.</returns>
    public BridgePort? PortOf(FlowEndpoint endpoint)
        => StackOf(endpoint) is { } stack
            && endpoint.State.InterfaceName is { } name
            && stack.Routing.FindLink(name.Value) is { LinkIndex: { } other } inside
            && session.Route.FindLink(other) is { Master: { } master } port
            && session.Route.FindLink(master) is { Kind: "bridge" } bridge
                ? new BridgePort(endpoint, stack, inside, port, bridge)
                : null;

    /// <summary>Whether bridged packets of a family pass the rules of the IP stack as well (br_netfilter).</summary>
    public bool BridgedPacketsPass(bool isIPv4)
    {
        try
        {
            return session.ReadSysctl(session.HostNamespace, isIPv4 ? "net/bridge/bridge-nf-call-iptables" : "net/bridge/bridge-nf-call-ip6tables") == "1";
        }
        catch (KernelException missing) when (missing.Errno == LinuxErrno.ENOENT)
        {
            return false;   // the module is not loaded
        }
    }

    public void Dispose()
    {
        foreach (NetworkStack? stack in _sandboxes.Values)
        {
            stack?.Dispose();
        }
    }

    private NetworkStack? Open(FlowEndpoint endpoint)
    {
        try
        {
            return NetworkStack.OfSandbox(session, endpoint.ContainerId, endpoint.NamespacePath);
        }
        catch (KernelException gone) when (gone.Errno is LinuxErrno.ENOENT or LinuxErrno.EINVAL)
        {
            return null;
        }
    }
}
