using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Publishing.Relay;

/// <summary>
/// Carries what arrives at a port of the host to an endpoint where no translation can: between address families, and from loopback and
/// link-local addresses of IPv6.
/// </summary>
/// <remarks>The endpoint sees the host's address on its network as the client's.</remarks>
internal abstract class PortRelay : IAsyncDisposable
{
    /// <summary>Starts a relay for each port of a demand; they end with it.</summary>
    public static void Start(PublishedDemand published, NetworkNamespace host, TimeProvider time, ILogger logger)
    {
        PortRange hostPorts = published.HostPorts!.Value;   // only such demands are relayed
        foreach (Linux.Sockets.HeldPort held in published.Held.Where(static held => held.HasSocket))
        {
            int port = published.Demand.ContainerPorts.Count == 1
                ? published.Demand.ContainerPorts.First
                : published.Demand.ContainerPorts.First + held.Address.Port - hostPorts.First;
            IPEndPoint target = new(published.Demand.ContainerAddress, port);
            Socket socket = held.TakeSocket();
            published.Relays.Add(published.Demand.Protocol == TransportProtocol.Udp
                ? new DatagramRelay(socket, target, host, time, logger)
                : new StreamRelay(socket, target, host, logger));
        }
    }

    public abstract ValueTask DisposeAsync();
}
