using System.Net;
using LibNetwork.Firewall;
using LibNetwork.Linux.Sockets;
using LibNetwork.Publishing.Relay;

namespace LibNetwork.Publishing;

/// <summary>A demand that is met: its ports of the host, and what holds them.</summary>
internal sealed class PublishedDemand(NetworkId networkId, PortDemand demand, PortRange? hostPorts) : IAsyncDisposable
{
    public PortDemand Demand { get; } = demand;

    /// <summary>The host's ports; <see langword="null"/> when the endpoint's own address is only opened.</summary>
    public PortRange? HostPorts { get; } = hostPorts;

    public List<HeldPort> Held { get; } = [];

    public List<PortRelay> Relays { get; } = [];

    /// <summary>Whether the firewall cannot lead there, so that all goes through the relay.</summary>
    public bool IsRelayed => Demand.HostAddress is { } host
        && (host.AddressFamily != Demand.ContainerAddress.AddressFamily || host.Equals(IPAddress.IPv6Loopback));

    /// <summary>Whether a relay listens at the port: for all, or for what comes from loopback and link-local addresses of IPv6.</summary>
    public bool IsHeard => (IsRelayed || Demand.HostAddress?.Equals(IPAddress.IPv6Any) == true)
        && Demand.Protocol is (TransportProtocol.Tcp or TransportProtocol.Udp);

    /// <summary>The binding as users see it.</summary>
    public PortBinding Binding => new()
    {
        Protocol = Demand.Protocol,
        ContainerPorts = Demand.ContainerPorts,
        HostAddress = Demand.HostAddress,
        HostPorts = HostPorts,
    };

    /// <summary>What the firewall is told; nothing for a relay, whose packets are the host's own.</summary>
    public FirewallPort? Port => IsRelayed
        ? null
        : new FirewallPort(networkId, Demand.Protocol, Demand.ContainerAddress, Demand.ContainerPorts)
        {
            HostAddress = Demand.HostAddress,
            HostPorts = HostPorts,
        };

    public async ValueTask DisposeAsync()
    {
        foreach (PortRelay relay in Relays)
        {
            await relay.DisposeAsync().ConfigureAwait(false);
        }

        foreach (HeldPort held in Held)
        {
            held.Dispose();
        }
    }
}
