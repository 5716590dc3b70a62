using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Firewall;

/// <summary>A policy as the firewall holds it: what may be reached whatever it is called, as regions that do not overlap, and what names open.</summary>
internal sealed class EgressPlan(EgressPolicy policy)
{
    private static readonly FieldRange AnyProtocol = new(0, byte.MaxValue);
    private static readonly FieldRange AnyPort = new(0, ushort.MaxValue);

    public EgressPolicy Policy { get; } = policy;

    /// <summary>What of IPv4 may be reached whatever it is called: addresses, protocols, ports.</summary>
    public IReadOnlyList<Region> Reach4 { get; } = ReachOf(policy, AddressFamily.InterNetwork);

    /// <summary>The same of IPv6.</summary>
    public IReadOnlyList<Region> Reach6 { get; } = ReachOf(policy, AddressFamily.InterNetworkV6);

    public IReadOnlyList<Region> ReachOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? Reach4 : Reach6;

    /// <summary>Whether something may be reached whatever it is called.</summary>
    public bool Reaches(IPAddress address, byte protocol, ushort port) => ReachOf(address).Any(region =>
        region.Fields[0].Contains(ToNumber(address)) && region.Fields[1].Contains(protocol) && region.Fields[2].Contains(port));

    /// <summary>Whether a rule has a protocol and port.</summary>
    public static bool Fits(EgressRule rule, byte protocol, ushort port) => ProtocolOf(rule).Contains(protocol) && PortsOf(rule).Contains(port);

    private static UInt128 ToNumber(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IReadOnlyList<Region> ReachOf(EgressPolicy policy, AddressFamily family)
        => Region.Cut([.. policy.Allowed
            .Where(rule => rule.Name is null && (rule.Destination is not { } subnet || subnet.Family == family))
            .Select(rule => new Region([AddressesOf(rule, family), ProtocolOf(rule), PortsOf(rule)]))]);

    private static FieldRange AddressesOf(EgressRule rule, AddressFamily family) => rule.Destination is { } subnet
        ? new FieldRange(ToNumber(subnet.BaseAddress), ToNumber(subnet.LastAddress))
        : new FieldRange(0, family == AddressFamily.InterNetwork ? uint.MaxValue : UInt128.MaxValue);

    private static FieldRange ProtocolOf(EgressRule rule) => rule.Protocol is { } protocol ? new FieldRange((byte)protocol, (byte)protocol) : AnyProtocol;

    private static FieldRange PortsOf(EgressRule rule) => rule.Ports is { } ports ? new FieldRange(ports.First, ports.Last) : AnyPort;
}
