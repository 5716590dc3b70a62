using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Controller;

/// <summary>Refuses port bindings that nothing could make true, before anything is touched.</summary>
internal static class PortBindingCheck
{
    private const int MostMoved = 1024;   // each costs the firewall an element; a row that stays where it is costs one

    private static readonly Subnet MulticastIPv4 = Subnet.Parse("224.0.0.0/4");

    /// <summary>Checks the bindings of an endpoint to be created.</summary>
    /// <returns>The bindings, with IPv4 addresses that were written as IPv6 ones as what they are.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static IReadOnlyList<PortBinding> Checked(string subject, IReadOnlyList<PortBinding> bindings)
    {
        foreach (PortBinding binding in bindings)
        {
            Check(subject, binding);
        }

        return [.. bindings.Select(static binding => binding.HostAddress is { IsIPv4MappedToIPv6: true } mapped
            ? binding with { HostAddress = mapped.MapToIPv4() }
            : binding)];
    }

    private static void Check(string subject, PortBinding binding)
    {
        if (binding.Protocol is not (TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp))
        {
            throw Invalid(subject, binding, $"{nameof(binding.Protocol)} is not TCP, UDP or SCTP");
        }

        if (binding.ContainerPorts.First == 0)
        {
            throw Invalid(subject, binding, $"{nameof(binding.ContainerPorts)} is missing");
        }

        if (binding.ContainerPorts.Count > 1 && binding.HostPorts?.Count != binding.ContainerPorts.Count)
        {
            throw Invalid(subject, binding, $"{nameof(binding.HostPorts)} must be as many as {nameof(binding.ContainerPorts)}");
        }

        if (binding.ContainerPorts.Count > MostMoved && binding.HostPorts != binding.ContainerPorts)
        {
            throw Invalid(subject, binding, $"more than {MostMoved} ports in a row have the same numbers on the host");
        }

        if (binding.HostPorts is { First: 0 })
        {
            throw Invalid(subject, binding, $"{nameof(binding.HostPorts)} begins with port 0");
        }

        if (binding.HostAddress is { } address && !MayBeHosts(address))
        {
            throw Invalid(subject, binding, $"{nameof(binding.HostAddress)} is not an address that a host can have for others");
        }
    }

    private static bool MayBeHosts(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && address.ScopeId == 0
        : !address.Equals(IPAddress.Broadcast) && !MulticastIPv4.Contains(address);

    private static NetworkException Invalid(string subject, PortBinding binding, string problem)
        => NetworkException.InvalidArgument(subject, nameof(EndpointSpec.PortBindings), $"has {binding}: {problem}");
}
