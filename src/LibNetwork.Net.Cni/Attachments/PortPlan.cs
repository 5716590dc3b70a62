using System.Net;
using System.Net.Sockets;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Drivers.Bridge;

namespace LibNetwork.Cni.Attachments;

/// <summary>Turns a port mapping into bindings whose packets go by the kernel's maps alone: nothing of this plugin runs between calls.</summary>
internal static class PortPlan
{
    /// <exception cref="CniException"><see cref="CniErrorCode.InvalidConfiguration"/>: a value is not valid, or the network cannot serve it.</exception>
    public static IEnumerable<PortBinding> Of(PortMapping mapping, NetworkSpec network)
    {
        PortRange host = Port("hostPort", mapping.HostPort), container = Port("containerPort", mapping.ContainerPort);
        TransportProtocol protocol = mapping.Protocol.ToLowerInvariant() switch
        {
            "tcp" => TransportProtocol.Tcp,
            "udp" => TransportProtocol.Udp,
            "sctp" => TransportProtocol.Sctp,
            _ => throw Invalid($"protocol is \"{mapping.Protocol}\", which is none of tcp, udp and sctp"),
        };
        return HostAddresses(mapping, network).Select(address => new PortBinding
        {
            Protocol = protocol, ContainerPorts = container, HostAddress = address, HostPorts = host,
        });
    }

    private static IPAddress[] HostAddresses(PortMapping mapping, NetworkSpec network)
    {
        if (string.IsNullOrEmpty(mapping.HostIP))
        {
            IPAddress[] all = [.. ((IPAddress[])[IPAddress.Any, IPAddress.IPv6Any]).Where(any => IsServed(any, network))];
            return all.Length > 0 ? all : throw Invalid("the network gives its containers no default route, so that no answer would find its way");
        }

        if (!IPAddress.TryParse(mapping.HostIP, out IPAddress? address))
        {
            throw Invalid($"hostIP is \"{mapping.HostIP}\", which is not an address");
        }

        return IsServed(address, network) && !address.Equals(IPAddress.IPv6Loopback)
            ? [address]
            : throw Invalid($"hostIP is {address}, from where the kernel leads nowhere: the network has no default route of that family, or it is ::1");
    }

    private static bool IsServed(IPAddress address, NetworkSpec network) => address.AddressFamily == AddressFamily.InterNetwork
        ? network.EnableIPv4 && network.Options[BridgeLabels.DefaultRouteIPv4] == "true"
        : network.EnableIPv6 && network.Options[BridgeLabels.DefaultRouteIPv6] == "true";

    private static PortRange Port(string field, int number)
        => number is >= 1 and <= ushort.MaxValue ? new PortRange((ushort)number) : throw Invalid($"{field} is {number}, which is not a port from 1 to 65535");

    private static CniException Invalid(string problem) => new(CniErrorCode.InvalidConfiguration, $"portMappings: {problem}");
}
