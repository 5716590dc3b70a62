using System.Net;
using System.Net.Sockets;
using LibNetwork.Publishing;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Turns an endpoint's port bindings into what is to be published, by its gateways and its network's modes.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="IsGatewayIPv4">Whether it is its sandbox's way out by IPv4.</param>
/// <param name="IsGatewayIPv6">Whether it is its sandbox's way out by IPv6.</param>
/// <param name="HasOtherIPv6">Whether the sandbox's way out by IPv6 is another endpoint.</param>
/// <param name="HostHasIPv6">Whether the host can listen on IPv6.</param>
internal readonly record struct PortPlan(BridgeEndpoint Endpoint, bool IsGatewayIPv4, bool IsGatewayIPv6, bool HasOtherIPv6, bool HostHasIPv6)
{
    private BridgeNetwork Network => Endpoint.Network;

    /// <summary>The demands, in the order of the bindings.</summary>
    public IReadOnlyList<PortDemand> Demands()
    {
        List<PortDemand> demands = [];
        if (!Network.Internal)
        {
            foreach (PortBinding binding in Endpoint.PortBindings)
            {
                AddIPv4(demands, binding);
                AddIPv6(demands, binding);
            }
        }

        return demands;
    }

    private void AddIPv4(List<PortDemand> demands, PortBinding binding)
    {
        if (Endpoint.IPv4 is not { } own || Network.IPv4 is not { } family || Wants(binding, AddressFamily.InterNetworkV6))
        {
            return;
        }

        if (family.Mode == GatewayMode.Routed)
        {
            demands.Add(new PortDemand(binding.Protocol, own.Address, binding.ContainerPorts, HostAddress: null, HostPorts: null));
        }
        else if (IsGatewayIPv4 && (binding.HostAddress ?? DefaultFor(AddressFamily.InterNetwork)) is { } host)
        {
            demands.Add(new PortDemand(binding.Protocol, own.Address, binding.ContainerPorts, host, binding.HostPorts));
        }
    }

    private void AddIPv6(List<PortDemand> demands, PortBinding binding)
    {
        if (Wants(binding, AddressFamily.InterNetwork))
        {
            return;
        }

        if (Endpoint.IPv6 is { } own && Network.IPv6 is { } family)
        {
            if (family.Mode == GatewayMode.Routed)
            {
                demands.Add(new PortDemand(binding.Protocol, own.Address, binding.ContainerPorts, HostAddress: null, HostPorts: null));
            }
            else if (IsGatewayIPv6 && IPv6HostOf(binding) is { } host)
            {
                demands.Add(new PortDemand(binding.Protocol, own.Address, binding.ContainerPorts, host, binding.HostPorts));
            }
        }
        else if (IsRelayed(binding) && IPv6HostOf(binding) is { } host)
        {
            demands.Add(new PortDemand(binding.Protocol, Endpoint.IPv4!.Value.Address, binding.ContainerPorts, host, binding.HostPorts));   // IsRelayed looked
        }
    }

    /// <summary>IPv6 in front of an endpoint that has only IPv4: a relay serves it, which carries TCP and UDP.</summary>
    private bool IsRelayed(PortBinding binding)
        => Endpoint.IPv4 is not null
            && IsGatewayIPv4
            && !HasOtherIPv6
            && Network.IPv4?.Mode is (GatewayMode.Nat or GatewayMode.NatUnprotected)
            && (binding.Protocol != TransportProtocol.Sctp || binding.HostAddress is not null)
            && (binding.ContainerPorts.Count <= MostRelayed || binding.HostAddress is not null);

    private const int MostRelayed = 1024;   // a relay needs a socket for each port

    private IPAddress? IPv6HostOf(PortBinding binding)
        => binding.HostAddress ?? (HostHasIPv6 ? DefaultFor(AddressFamily.InterNetworkV6) : null);

    /// <summary>The network's default address; a default of one address leaves the other family without.</summary>
    private IPAddress? DefaultFor(AddressFamily family)
    {
        IPAddress any = family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        return Network.Options.HostBinding switch
        {
            null => any,
            { } host when host.Equals(IPAddress.Any) => any,
            { } host => host.AddressFamily == family ? host : null,
        };
    }

    private static bool Wants(PortBinding binding, AddressFamily family) => binding.HostAddress?.AddressFamily == family;
}
