using System.Net;
using System.Net.Sockets;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>Ports of an endpoint that are reached on the host: as they are asked for, or as they are.</summary>
/// <remarks>
/// As text <c>192.0.2.1:8080:80/tcp</c>, <c>[2001:db8::1]:53:53/udp</c>, <c>8000-8010:80/tcp</c>, <c>80/tcp</c>: the host's address and
/// ports may be missing.
/// </remarks>
public sealed record PortBinding
{
    /// <summary>The protocol.</summary>
    public required TransportProtocol Protocol { get; init; }

    /// <summary>The endpoint's port, or several in a row, each of which is reached by a port of the host of its own.</summary>
    public required PortRange ContainerPorts { get; init; }

    /// <summary>The host's address.</summary>
    /// <value>
    /// The default, <see langword="null"/>, is the network's own default, and without one every address of the host. In a published
    /// port it means that the endpoint's own address is reached, because its network is routed.
    /// </value>
    public IPAddress? HostAddress { get; init; }

    /// <summary>The host's ports.</summary>
    /// <value>
    /// The default, <see langword="null"/>, is any free port of the kernel's local range. For one port of the endpoint it may be a range, of
    /// which the next free one is taken; for several it has as many.
    /// </value>
    public PortRange? HostPorts { get; init; }

    /// <summary>Parses a binding's text.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static PortBinding Parse(string text) => TryParse(text) ?? throw NetworkException.InvalidArgument(
        "port binding", nameof(PortBinding), $"\"{Printable.Of(text)}\" is not like 192.0.2.1:8080:80/tcp, 8080:80 or 80/udp");

    /// <inheritdoc/>
    public override string ToString()
    {
        string inside = $"{ContainerPorts}/{Protocol.ToString().ToLowerInvariant()}";
        string address = HostAddress switch
        {
            null => string.Empty,
            { AddressFamily: AddressFamily.InterNetworkV6 } => $"[{HostAddress}]:",
            _ => $"{HostAddress}:",
        };
        return address.Length == 0 && HostPorts is null ? inside : $"{address}{HostPorts}:{inside}";
    }

    private static PortBinding? TryParse(string? text)
    {
        (string rest, TransportProtocol? protocol) = (text ?? string.Empty).Split('/') switch
        {
            [var all] => (all, TransportProtocol.Tcp),
            [var ports, "tcp"] => (ports, TransportProtocol.Tcp),
            [var ports, "udp"] => (ports, TransportProtocol.Udp),
            [var ports, "sctp"] => (ports, TransportProtocol.Sctp),
            _ => (string.Empty, (TransportProtocol?)null),
        };
        int inside = rest.LastIndexOf(':');
        if (protocol is not { } known || !PortRange.TryParse(rest[(inside + 1)..], out PortRange containerPorts))
        {
            return null;
        }

        PortBinding binding = new() { Protocol = known, ContainerPorts = containerPorts };
        if (inside < 0)
        {
            return binding;
        }

        string host = rest[..inside];
        int outside = host.LastIndexOf(':');
        string hostText = host[(outside + 1)..];
        if (outside >= 0)
        {
            string address = host[..outside];
            bool isBracketed = address.Length > 2 && address[0] == '[' && address[^1] == ']';
            if (!IPAddress.TryParse(isBracketed ? address[1..^1] : address, out IPAddress? parsed)
                || isBracketed != (parsed.AddressFamily == AddressFamily.InterNetworkV6))
            {
                return null;
            }

            binding = binding with { HostAddress = parsed };
        }

        if (hostText.Length == 0)
        {
            return outside >= 0 ? binding : null;
        }

        return PortRange.TryParse(hostText, out PortRange hostPorts) ? binding with { HostPorts = hostPorts } : null;
    }
}
