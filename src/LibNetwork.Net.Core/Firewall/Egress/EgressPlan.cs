using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace LibNetwork.Firewall;

/// <summary>A policy as the firewall holds it: regions that do not overlap, and doors, which are what names have of protocols and ports.</summary>
/// <remarks>
/// Rules of one policy may overlap and sets of intervals may not. A door is a region of protocols and ports in which the same name rules
/// hold; an address that was found for a name is let in by the doors of the name's rules.
/// </remarks>
internal sealed class EgressPlan
{
    private static readonly FieldRange AnyProtocol = new(0, byte.MaxValue);
    private static readonly FieldRange AnyPort = new(0, ushort.MaxValue);

    private readonly List<EgressRule[]> _doors = [];

    public EgressPlan(EgressPolicy policy)
    {
        Policy = policy;
        Reach4 = ReachOf(policy, AddressFamily.InterNetwork);
        Reach6 = ReachOf(policy, AddressFamily.InterNetworkV6);
        EgressRule[] names = [.. policy.Allowed.Where(static rule => rule.Name is not null).Distinct()];
        List<(FieldRange, FieldRange, uint)> doors = [];
        foreach (Region region in Region.Cut([.. names.Select(static (rule, number) => new Region([ProtocolOf(rule), PortsOf(rule)], [number]))]))
        {
            EgressRule[] rules = [.. region.Claims.Select(number => names[number])];
            int door = _doors.FindIndex(known => known.SequenceEqual(rules));
            if (door < 0)
            {
                door = _doors.Count;
                _doors.Add(rules);
            }

            doors.Add((region.Fields[0], region.Fields[1], (uint)door));
        }

        Doors = doors;
    }

    public EgressPolicy Policy { get; }

    /// <summary>What of IPv4 may be reached whatever it is called: addresses, protocols, ports.</summary>
    public IReadOnlyList<Region> Reach4 { get; }

    /// <summary>The same of IPv6.</summary>
    public IReadOnlyList<Region> Reach6 { get; }

    /// <summary>The doors' protocols, ports and numbers.</summary>
    public IReadOnlyList<(FieldRange Protocols, FieldRange Ports, uint Door)> Doors { get; }

    /// <summary>A number that follows from the policy, so that a later process finds it the same; two policies might have one.</summary>
    public uint Number => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Policy.ToString())));

    /// <summary>The doors by which a rule's names are let in.</summary>
    public IEnumerable<uint> DoorsOf(EgressRule rule)
    {
        for (int door = 0; door < _doors.Count; door++)
        {
            if (_doors[door].Contains(rule))
            {
                yield return (uint)door;
            }
        }
    }

    /// <summary>The name rules that hold at a door.</summary>
    public IReadOnlyList<EgressRule> RulesOf(uint door) => _doors[(int)door];

    /// <summary>Whether something may be reached whatever it is called.</summary>
    public bool Reaches(IPAddress address, byte protocol, ushort port)
        => (address.AddressFamily == AddressFamily.InterNetwork ? Reach4 : Reach6).Any(region =>
            region.Fields[0].Contains(ToNumber(address)) && region.Fields[1].Contains(protocol) && region.Fields[2].Contains(port));

    /// <summary>The door of a protocol and port; <see langword="null"/> when no name rule has them.</summary>
    public uint? DoorAt(byte protocol, ushort port)
    {
        foreach ((FieldRange protocols, FieldRange ports, uint door) in Doors)
        {
            if (protocols.Contains(protocol) && ports.Contains(port))
            {
                return door;
            }
        }

        return null;
    }

    public static UInt128 ToNumber(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IReadOnlyList<Region> ReachOf(EgressPolicy policy, AddressFamily family)
        => Region.Cut([.. policy.Allowed
            .Where(rule => rule.Name is null && (rule.Destination is not { } subnet || subnet.Family == family))
            .Select(rule => new Region([AddressesOf(rule, family), ProtocolOf(rule), PortsOf(rule)], [0]))]);

    private static FieldRange AddressesOf(EgressRule rule, AddressFamily family) => rule.Destination is { } subnet
        ? new FieldRange(ToNumber(subnet.BaseAddress), ToNumber(subnet.LastAddress))
        : new FieldRange(0, family == AddressFamily.InterNetwork ? uint.MaxValue : UInt128.MaxValue);

    private static FieldRange ProtocolOf(EgressRule rule) => rule.Protocol is { } protocol ? new FieldRange((byte)protocol, (byte)protocol) : AnyProtocol;

    private static FieldRange PortsOf(EgressRule rule) => rule.Ports is { } ports ? new FieldRange(ports.First, ports.Last) : AnyPort;
}
