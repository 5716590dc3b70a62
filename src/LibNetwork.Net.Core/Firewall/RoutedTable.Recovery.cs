using System.Buffers.Binary;
using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>Published ports read back from the maps, when nothing else knows of them.</content>
internal static partial class RoutedTable
{
    /// <summary>The bindings that the maps of an earlier process lead by, each with the endpoint's address. What only a relay carried is not among them.</summary>
    public static IEnumerable<(IPAddress Container, PortBinding Binding)> ReadBindings(NftRuleset present)
    {
        if (present.Find(Family, Table) is not { } table)
        {
            yield break;
        }

        HashSet<NftElement> relays = [.. Elements(Relays)];
        foreach ((string port, string any, string range, IPAddress all) in new[]
        {
            (Port4, Any4, Range4, IPAddress.Any),
            (Port6, Any6, Range6, IPAddress.IPv6Any),
        })
        {
            foreach (NftElement element in Elements(any))
            {
                // Where a relay has the port too, all addresses were asked for and not only those of one family.
                IPAddress? host = relays.Contains(NftElement.Of(element.Key[0], element.Key[1])) ? null : all;
                yield return Binding(element.Data, host, element.Key[0], PortOf(element.Key[1]));
            }

            foreach (NftElement element in Elements(port))
            {
                yield return Binding(element.Data, AddressOf(element.Key[0]), element.Key[1], PortOf(element.Key[2]));
            }

            foreach (NftElement element in Elements(range).Where(element => element.End.Length == element.Key.Length))
            {
                PortRange ports = new(PortOf(element.Key[2]), PortOf(element.End[2]));
                yield return (AddressOf(element.Data[0]), new PortBinding
                {
                    Protocol = ProtocolOf(element.Key[1]),
                    ContainerPorts = ports,
                    HostAddress = element.Key[0] == element.End[0] ? AddressOf(element.Key[0]) : all,
                    HostPorts = ports,
                });
            }
        }

        IEnumerable<NftElement> Elements(string set) => table.FindSet(set)?.Elements ?? [];
    }

    private static (IPAddress Container, PortBinding Binding) Binding(ReadOnlySpan<NftValue> data, IPAddress? host, NftValue protocol, ushort port)
        => (AddressOf(data[0]), new PortBinding
        {
            Protocol = ProtocolOf(protocol),
            ContainerPorts = new PortRange(PortOf(data[1])),
            HostAddress = host,
            HostPorts = new PortRange(port),
        });

    private static IPAddress AddressOf(NftValue value) => new(value.ToArray());

    private static ushort PortOf(NftValue value) => BinaryPrimitives.ReadUInt16BigEndian(value.ToArray());

    private static TransportProtocol ProtocolOf(NftValue value) => (TransportProtocol)value.ToArray()[0];
}
