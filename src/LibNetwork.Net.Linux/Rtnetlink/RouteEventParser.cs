using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Turns notifications into events; the ones that tell nothing new become none.</summary>
internal static class RouteEventParser
{
    private const uint AllFlags = uint.MaxValue;   // the kernel's mark for "everything about this link is new"

    public static void Parse(ReadOnlySpan<byte> datagram, Queue<RouteEvent> events)
    {
        NetlinkMessageReader reader = new(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (Parse(message) is { } happened)
            {
                events.Enqueue(happened);
            }
        }
    }

    private static RouteEvent? Parse(in NetlinkMessage message)
    {
        switch (message.Type)
        {
            case RtNetlinkConstants.RTM_NEWLINK:
            case RtNetlinkConstants.RTM_DELLINK:
                return RtNetlinkParser.Link(message) is { } link ? new RouteEvent(LinkKind(message)) { Link = link } : null;
            case RtNetlinkConstants.RTM_NEWADDR:
            case RtNetlinkConstants.RTM_DELADDR:
                return RtNetlinkParser.Address(message) is { } address
                    ? new RouteEvent(Either(message, RtNetlinkConstants.RTM_NEWADDR, RouteEventKind.AddressAdded, RouteEventKind.AddressRemoved))
                    {
                        Address = address,
                    }
                    : null;
            case RtNetlinkConstants.RTM_NEWROUTE:
            case RtNetlinkConstants.RTM_DELROUTE:
                return RtNetlinkParser.Route(message) is { } route ? new RouteEvent(RouteKind(message)) { Route = route } : null;
            case RtNetlinkConstants.RTM_NEWNEIGH:
            case RtNetlinkConstants.RTM_DELNEIGH:
                return Neighbour(message);
            default:
                return null;
        }
    }

    private static RouteEvent? Neighbour(in NetlinkMessage message)
    {
        if (RtNetlinkParser.Neighbour(message) is { } neighbour)
        {
            return new RouteEvent(
                Either(message, RtNetlinkConstants.RTM_NEWNEIGH, RouteEventKind.NeighbourChanged, RouteEventKind.NeighbourRemoved))
            {
                Neighbour = neighbour,
            };
        }

        return RtNetlinkParser.ForwardingEntry(message) is { } entry
            ? new RouteEvent(
                Either(message, RtNetlinkConstants.RTM_NEWNEIGH, RouteEventKind.ForwardingEntryChanged, RouteEventKind.ForwardingEntryRemoved))
            {
                ForwardingEntry = entry,
            }
            : null;
    }

    private static RouteEventKind LinkKind(in NetlinkMessage message)
        => message.Type == RtNetlinkConstants.RTM_DELLINK ? RouteEventKind.LinkRemoved
            : MemoryMarshal.Read<uint>(message.Payload[12..]) == AllFlags ? RouteEventKind.LinkAdded
            : RouteEventKind.LinkChanged;

    private static RouteEventKind RouteKind(in NetlinkMessage message)
        => message.Type == RtNetlinkConstants.RTM_DELROUTE ? RouteEventKind.RouteRemoved
            : (message.Flags & NetlinkFlags.Replace) != 0 ? RouteEventKind.RouteReplaced
            : RouteEventKind.RouteAdded;

    private static RouteEventKind Either(in NetlinkMessage message, ushort type, RouteEventKind yes, RouteEventKind no)
        => message.Type == type ? yes : no;
}
