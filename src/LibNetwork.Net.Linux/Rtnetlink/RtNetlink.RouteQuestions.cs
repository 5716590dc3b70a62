using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

/// <content>What the kernel would do with one packet.</content>
public sealed partial class RtNetlink
{
    /// <summary>Asks where one packet would go, by all routing rules and tables; for a packet of this host also which address it would have.</summary>
    /// <returns>The route, with the next hop that was chosen where it has several.</returns>
    /// <exception cref="KernelException">
    /// It would not get on: <see cref="LinuxErrno.ENETUNREACH"/> there is no route, <see cref="LinuxErrno.EHOSTUNREACH"/> a route or the lack
    /// of forwarding says so, <see cref="LinuxErrno.EACCES"/> it is prohibited, <see cref="LinuxErrno.EXDEV"/> it cannot come by this
    /// interface, <see cref="LinuxErrno.EINVAL"/> an address may not be in a packet there, or a route drops it.
    /// </exception>
    public RouteInfo ResolveRoute(RouteQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        ThrowIfUnsent();
        NetlinkMessageWriter writer = _batch.BeginAbout(RtNetlinkConstants.RTM_GETROUTE, NetlinkFlags.None, "resolve route", question, link: 0);
        byte bits = (byte)(question.Destination.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.RouteHeaderSize);
        header[0] = RtNetlinkBatch.Family(question.Destination);
        header[1] = bits;
        header[2] = question.Source is null ? (byte)0 : bits;

        // With an interface to leave by, the kernel makes up a route to a neighbour where none is, unless it is asked for the entry.
        MemoryMarshal.Write(header[8..], question.OutputInterface is null ? 0u : RtNetlinkConstants.RTM_F_FIB_MATCH);
        RtNetlinkBatch.WriteAddress(ref writer, RtNetlinkConstants.RTA_DST, question.Destination);
        if (question.Source is { } source)
        {
            RtNetlinkBatch.WriteAddress(ref writer, RtNetlinkConstants.RTA_SRC, source);
        }

        if (question.InputInterface is { } input)
        {
            writer.WriteAttribute(RtNetlinkConstants.RTA_IIF, input);
        }

        if (question.OutputInterface is { } output)
        {
            writer.WriteAttribute(RtNetlinkConstants.RTA_OIF, output);
        }

        if (question.Mark != 0)
        {
            writer.WriteAttribute(RtNetlinkConstants.RTA_MARK, question.Mark);
        }

        _batch.End(ref writer);
        return _socket.Query(_batch, RtNetlinkParser.ResolvedRoute) ?? throw new KernelException("resolve route", question.ToString(), LinuxErrno.ENETUNREACH);
    }
}
