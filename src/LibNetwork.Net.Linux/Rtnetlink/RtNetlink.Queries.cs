using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlink
{
    /// <summary>Finds a link by its name.</summary>
    /// <returns>The link, or <see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ERANGE"/>: the name is longer than 15 bytes.</exception>
    public LinkInfo? FindLink(string name)
    {
        ThrowIfUnsent();
        return ExecuteAndFindLink(name);
    }

    /// <summary>Sends the changes and asks for a link behind them, in one go.</summary>
    /// <returns>The link, or <see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="KernelException">The first change that failed.</exception>
    public LinkInfo? ExecuteAndFindLink(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return QueryLink(index: 0, name);
    }

    /// <summary>Finds a link by its index.</summary>
    /// <returns>The link, or <see langword="null"/> when there is none with that index.</returns>
    public LinkInfo? FindLink(int index)
    {
        ThrowIfUnsent();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        return QueryLink(index, name: null);
    }

    /// <summary>Reads what a link has counted.</summary>
    /// <returns>The counters, or <see langword="null"/> when there is no such link.</returns>
    public LinkStatistics? ReadStatistics(int index)
    {
        return FindLink(index)?.Statistics;
    }

    /// <summary>Reads all links of the namespace.</summary>
    public IReadOnlyList<LinkInfo> DumpLinks()
    {
        ThrowIfUnsent();
        NetlinkMessageWriter writer = _batch.Begin(RtNetlinkConstants.RTM_GETLINK, NetlinkFlags.Dump, "dump links", string.Empty);
        writer.WriteFamilyHeader(RtNetlinkConstants.InterfaceHeaderSize);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_EXT_MASK, RtNetlinkConstants.RTEXT_FILTER_SKIP_STATS);
        _batch.End(ref writer);
        return _socket.Dump(_batch, RtNetlinkParser.Link);
    }

    /// <summary>Reads the addresses of one link, or of all.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.ENODEV"/>: there is no link with that index.</exception>
    public IReadOnlyList<AddressInfo> DumpAddresses(int? index = null)
    {
        ThrowIfUnsent();
        NetlinkMessageWriter writer = _batch.BeginAbout(
            RtNetlinkConstants.RTM_GETADDR, NetlinkFlags.Dump, "dump addresses", index is null ? string.Empty : null, index ?? 0);
        MemoryMarshal.Write(writer.WriteFamilyHeader(RtNetlinkConstants.AddressHeaderSize)[4..], index ?? 0);
        _batch.End(ref writer);
        return _socket.Dump(_batch, RtNetlinkParser.Address);
    }

    /// <summary>Reads the routes of all tables, IPv4 before IPv6; the kernel's own for local and broadcast addresses are among them.</summary>
    public IReadOnlyList<RouteInfo> DumpRoutes()
        => DumpBothFamilies(RtNetlinkConstants.RTM_GETROUTE, RtNetlinkConstants.RouteHeaderSize, "dump routes", RtNetlinkParser.Route);

    /// <summary>Finds the route that packets to an address take.</summary>
    /// <returns>The route, or <see langword="null"/> when there is none.</returns>
    public RouteInfo? FindRoute(IPAddress destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ThrowIfUnsent();
        NetlinkMessageWriter writer = _batch.BeginAbout(
            RtNetlinkConstants.RTM_GETROUTE, NetlinkFlags.None, "find route", destination, link: 0, LinuxErrno.ENETUNREACH);
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.RouteHeaderSize);
        header[0] = RtNetlinkBatch.Family(destination);
        header[1] = (byte)(destination.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        MemoryMarshal.Write(header[8..], RtNetlinkConstants.RTM_F_FIB_MATCH);   // the route itself, not what one packet would make of it
        RtNetlinkBatch.WriteAddress(ref writer, RtNetlinkConstants.RTA_DST, destination);
        _batch.End(ref writer);
        return _socket.Query(_batch, RtNetlinkParser.Route);
    }

    /// <summary>Reads the routing rules, IPv4 before IPv6; the kernel's own three are among them.</summary>
    public IReadOnlyList<PolicyRuleInfo> DumpRules()
        => DumpBothFamilies(RtNetlinkConstants.RTM_GETRULE, RtNetlinkConstants.RuleHeaderSize, "dump rules", RtNetlinkParser.Rule);

    /// <summary>Reads the neighbour tables of all links, IPv4 before IPv6.</summary>
    public IReadOnlyList<NeighbourInfo> DumpNeighbours()
        => DumpBothFamilies(
            RtNetlinkConstants.RTM_GETNEIGH, RtNetlinkConstants.NeighbourHeaderSize, "dump neighbours", RtNetlinkParser.Neighbour);

    /// <summary>Reads the forwarding tables of all bridges and tunnels.</summary>
    public IReadOnlyList<ForwardingEntryInfo> DumpForwardingEntries()
        => Dump(
            RtNetlinkConstants.RTM_GETNEIGH,
            RtNetlinkConstants.AF_BRIDGE,
            RtNetlinkConstants.NeighbourHeaderSize,
            "dump forwarding entries",
            RtNetlinkParser.ForwardingEntry);

    /// <summary>Whether the namespace forwards packets of a family: the parameter <c>conf/all/forwarding</c>, which for IPv4 is <c>ip_forward</c> too.</summary>
    /// <exception cref="KernelException"><see cref="LinuxErrno.EOPNOTSUPP"/>: the kernel does not know the family.</exception>
    public bool IsForwarding(AddressFamily family)
    {
        ThrowIfUnsent();
        NetlinkMessageWriter writer = _batch.Begin(RtNetlinkConstants.RTM_GETNETCONF, NetlinkFlags.None, "read forwarding", family.ToString());
        writer.WriteFamilyHeader(RtNetlinkConstants.ConfigurationHeaderSize)[0] =
            family == AddressFamily.InterNetwork ? RtNetlinkConstants.AF_INET : RtNetlinkConstants.AF_INET6;
        writer.WriteAttribute(RtNetlinkConstants.NETCONFA_IFINDEX, RtNetlinkConstants.NETCONFA_IFINDEX_ALL);
        _batch.End(ref writer);
        return _socket.Query(_batch, RtNetlinkParser.Configuration)?.Forwarding ?? false;
    }

    private LinkInfo? QueryLink(int index, string? name)
    {
        NetlinkMessageWriter writer = _batch.BeginAbout(
            RtNetlinkConstants.RTM_GETLINK, NetlinkFlags.None, "find link", name, index, LinuxErrno.ENODEV);
        MemoryMarshal.Write(writer.WriteFamilyHeader(RtNetlinkConstants.InterfaceHeaderSize)[4..], index);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_EXT_MASK, RtNetlinkConstants.RTEXT_FILTER_SKIP_STATS);
        if (name is not null)
        {
            writer.WriteString(RtNetlinkConstants.IFLA_IFNAME, name);
        }

        _batch.End(ref writer);
        return _socket.Query(_batch, RtNetlinkParser.Link);
    }

    private List<T> DumpBothFamilies<T>(ushort type, int headerSize, string operation, NetlinkMessageParser<T> parser)
        where T : class
    {
        List<T> found = [.. Dump(type, RtNetlinkConstants.AF_INET, headerSize, operation, parser)];
        found.AddRange(Dump(type, RtNetlinkConstants.AF_INET6, headerSize, operation, parser));
        return found;
    }

    private IReadOnlyList<T> Dump<T>(ushort type, byte family, int headerSize, string operation, NetlinkMessageParser<T> parser)
        where T : class
    {
        ThrowIfUnsent();
        NetlinkMessageWriter writer = _batch.Begin(type, NetlinkFlags.Dump, operation, string.Empty);
        writer.WriteFamilyHeader(headerSize)[0] = family;
        _batch.End(ref writer);
        return _socket.Dump(_batch, parser);
    }

    private void ThrowIfUnsent()
    {
        if (_batch.Count > 0)
        {
            throw new InvalidOperationException($"A query can't be made while {_batch.Count} changes wait to be sent.");
        }
    }
}
