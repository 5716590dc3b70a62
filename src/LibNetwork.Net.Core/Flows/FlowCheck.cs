using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Flows;

/// <summary>Whether a flow is one that can be followed.</summary>
internal static class FlowCheck
{
    private const string Subject = "flow";

    /// <summary>The flow with its destination as the kernel has it.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a value is not valid; the field is named.</exception>
    public static Flow Checked(Flow flow)
    {
        ArgumentNullException.ThrowIfNull(flow.Source, nameof(flow));
        ArgumentNullException.ThrowIfNull(flow.Destination, nameof(flow));
        IPAddress destination = Plain(flow.Destination);
        if (flow.Port.Number == 0)
        {
            throw NetworkException.InvalidArgument(Subject, nameof(Flow.Port), "is 0, not 1 to 65535");
        }

        if (!Enum.IsDefined(flow.Port.Protocol))
        {
            throw NetworkException.InvalidArgument(Subject, nameof(Flow.Port), $"has the protocol {flow.Port.Protocol}, not tcp, udp or sctp");
        }

        if (flow.SourcePort == 0)
        {
            throw NetworkException.InvalidArgument(Subject, nameof(Flow.SourcePort), "is 0, not 1 to 65535");
        }

        if (IsNoHost(destination))
        {
            throw NetworkException.InvalidArgument(Subject, nameof(Flow.Destination), $"{destination} is not the address of one host");
        }

        if (destination.IsIPv6LinkLocal && flow.Source.EndpointId is null)
        {
            throw NetworkException.InvalidArgument(Subject, nameof(Flow.Destination), $"{destination} is link-local: only from an endpoint is it known on which link");
        }

        if (flow.Source.Address is { } source && Plain(source).AddressFamily != destination.AddressFamily)
        {
            throw NetworkException.InvalidArgument(Subject, nameof(Flow.Source), $"{source} and the destination {destination} are of different families");
        }

        return flow with { Destination = destination };
    }

    /// <summary>An address as the kernel has it.</summary>
    public static IPAddress Plain(IPAddress address)
        => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes()) : address;   // the link is not part of it

    private static bool IsNoHost(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => address.GetAddressBytes()[0] is 0 or >= 224,
        AddressFamily.InterNetworkV6 => address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any),
        _ => true,
    };
}
