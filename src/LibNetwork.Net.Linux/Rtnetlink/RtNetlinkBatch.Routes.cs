using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Rtnetlink.RtNetlinkConstants;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Adds a route that must not exist yet.</summary>
    public void AddRoute(RouteSpec route) => WriteRoute(RTM_NEWROUTE, CreateExclusive, "add route", route, toleratedErrno: 0);

    /// <summary>Adds a route, in the place of one to the same destination if there is one.</summary>
    public void ReplaceRoute(RouteSpec route)
        => WriteRoute(RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, "replace route", route, toleratedErrno: 0);

    /// <summary>Removes a route; one that is not there is not an error.</summary>
    public void RemoveRoute(RouteSpec route) => WriteRoute(RTM_DELROUTE, NetlinkFlags.None, "remove route", route, LinuxErrno.ESRCH);

    private static void WriteBytes(ref NetlinkMessageWriter writer, ushort type, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[MaxAddressBytes];
        address.TryWriteBytes(bytes, out int length);
        writer.WriteAttribute(type, bytes[..length]);
    }

    private void WriteRoute(ushort message, NetlinkFlags flags, string operation, RouteSpec route, int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(route);
        bool removing = message == RTM_DELROUTE;
        NetlinkMessageWriter writer = _batch.Begin(message, flags, operation, route.Destination.ToString(), toleratedErrno);
        Span<byte> header = writer.WriteFamilyHeader(RouteHeaderSize);
        header[0] = Family(route.Destination.BaseAddress.AddressFamily);
        header[1] = (byte)route.Destination.PrefixLength;
        header[4] = route.Table <= byte.MaxValue ? (byte)route.Table : RT_TABLE_COMPAT;
        header[5] = removing ? (byte)0 : RTPROT_STATIC;
        header[6] = removing ? RT_SCOPE_NOWHERE : (byte)route.Scope;   // "nowhere" matches a route of any scope
        header[7] = (byte)route.Type;
        MemoryMarshal.Write(header[8..], route.OnLink ? RTNH_F_ONLINK : 0u);
        writer.WriteAttribute(RTA_TABLE, route.Table);
        if (route.Destination.PrefixLength > 0)
        {
            WriteBytes(ref writer, RTA_DST, route.Destination.BaseAddress);
        }

        if (route.Gateway is not null)
        {
            WriteBytes(ref writer, RTA_GATEWAY, route.Gateway);
        }

        if (route.Source is not null)
        {
            WriteBytes(ref writer, RTA_PREFSRC, route.Source);
        }

        if (route.OutputInterface is { } index)
        {
            writer.WriteAttribute(RTA_OIF, index);
        }

        if (route.Metric is { } metric)
        {
            writer.WriteAttribute(RTA_PRIORITY, metric);
        }

        _batch.End(ref writer);
    }
}
