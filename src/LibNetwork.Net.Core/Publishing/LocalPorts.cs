using System.Globalization;
using LibNetwork.Linux;

namespace LibNetwork.Publishing;

/// <summary>The ports from which the kernel picks one for who does not care, without those that are reserved.</summary>
/// <param name="Range">All of them.</param>
/// <param name="Reserved">Those that are not to be picked.</param>
internal sealed record LocalPorts(PortRange Range, IReadOnlyList<PortRange> Reserved)
{
    private static readonly PortRange Fallback = new(49153, 65535);   // RFC 6335's dynamic ports

    /// <summary>Reads what the host says now.</summary>
    public static LocalPorts Read(KernelSession session) => Parse(
        session.ReadSysctl(session.HostNamespace, "net/ipv4/ip_local_port_range"),
        session.ReadSysctl(session.HostNamespace, "net/ipv4/ip_local_reserved_ports"));

    /// <summary>Reads the two parameters' texts: <c>32768\t60999</c> and <c>8080,30000-30002</c>.</summary>
    public static LocalPorts Parse(string range, string reserved)
    {
        string[] ends = range.Split((char[])['\t', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        bool isRange = ends.Length == 2
            && PortRange.TryParse(string.Create(CultureInfo.InvariantCulture, $"{ends[0]}-{ends[1]}"), out PortRange _);
        return new LocalPorts(
            isRange ? PortRange.Parse($"{ends[0]}-{ends[1]}") : Fallback,
            [.. reserved.Split((char[])[',', '\n', ' '], StringSplitOptions.RemoveEmptyEntries).Select(PortRange.Parse)]);
    }

    /// <summary>Whether a port may be picked.</summary>
    public bool Offers(ushort port) => Range.Contains(port) && !Reserved.Any(range => range.Contains(port));
}
