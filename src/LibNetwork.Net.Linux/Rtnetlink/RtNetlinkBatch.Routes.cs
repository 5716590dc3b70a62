using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    private const int ViaBytes = sizeof(ushort) + AddressBytes;   // struct rtvia

    /// <summary>Adds a route; the same route is an error (<see cref="LinuxErrno.EEXIST"/>).</summary>
    public void AddRoute(RouteSpec spec) => WriteRoute(RtNetlinkConstants.RTM_NEWROUTE, CreateNew, "add route", spec, toleratedErrno: 0);

    /// <summary>Adds a route, or puts it in the place of the one with the same destination, metric and table.</summary>
    public void ReplaceRoute(RouteSpec spec)
        => WriteRoute(RtNetlinkConstants.RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, "replace route", spec, toleratedErrno: 0);

    /// <summary>Removes a route; one that is not there is not an error.</summary>
    public void RemoveRoute(RouteSpec spec)
        => WriteRoute(RtNetlinkConstants.RTM_DELROUTE, NetlinkFlags.None, "remove route", spec, LinuxErrno.ESRCH);

    private void WriteRoute(ushort type, NetlinkFlags flags, string operation, RouteSpec spec, int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(spec);
        bool removes = type == RtNetlinkConstants.RTM_DELROUTE;
        NetlinkMessageWriter writer = _batch.BeginAbout(type, flags, operation, spec, link: 0, toleratedErrno);
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.RouteHeaderSize);
        header[0] = Family(spec.Destination.BaseAddress);
        header[1] = (byte)spec.Destination.PrefixLength;
        header[4] = spec.Table <= byte.MaxValue ? (byte)spec.Table : RtNetlinkConstants.RT_TABLE_UNSPEC;
        header[5] = removes ? (byte)0 : RtNetlinkConstants.RTPROT_STATIC;
        header[6] = removes ? RtNetlinkConstants.RT_SCOPE_NOWHERE : (byte)spec.Scope;
        header[7] = (byte)spec.Type;
        MemoryMarshal.Write(header[8..], spec.OnLink ? RtNetlinkConstants.RTNH_F_ONLINK : 0u);

        if (spec.Destination.PrefixLength > 0)
        {
            WriteAddress(ref writer, RtNetlinkConstants.RTA_DST, spec.Destination.BaseAddress);
        }

        if (spec.Table > byte.MaxValue)
        {
            writer.WriteAttribute(RtNetlinkConstants.RTA_TABLE, spec.Table);
        }

        WriteGateway(ref writer, spec);
        if (spec.OutputInterface is { } index)
        {
            writer.WriteAttribute(RtNetlinkConstants.RTA_OIF, index);
        }

        if (spec.Metric is { } metric)
        {
            writer.WriteAttribute(RtNetlinkConstants.RTA_PRIORITY, metric);
        }

        if (spec.Source is { } source)
        {
            WriteAddress(ref writer, RtNetlinkConstants.RTA_PREFSRC, source);
        }

        _batch.End(ref writer);
    }

    private static void WriteGateway(ref NetlinkMessageWriter writer, RouteSpec spec)
    {
        if (spec.Gateway is not { } gateway)
        {
            return;
        }

        if (gateway.AddressFamily == spec.Destination.BaseAddress.AddressFamily)
        {
            WriteAddress(ref writer, RtNetlinkConstants.RTA_GATEWAY, gateway);
            return;
        }

        Span<byte> via = stackalloc byte[ViaBytes];
        MemoryMarshal.Write(via, (ushort)Family(gateway));
        gateway.TryWriteBytes(via[sizeof(ushort)..], out int length);
        writer.WriteAttribute(RtNetlinkConstants.RTA_VIA, via[..(sizeof(ushort) + length)]);
    }
}
