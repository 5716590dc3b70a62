using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux.Monitoring;

/// <summary>Sorts notifications: what was added or came up says nothing, what was taken away is a hint.</summary>
/// <remarks>A link that was down only for a moment, as each new one is, gives no hint: the last word about it in one reading counts.</remarks>
internal sealed class HostChangesReader(uint ownPort)
{
    private readonly Dictionary<int, string> _lost = [];   // the host's links by index
    private readonly Dictionary<int, string> _down = [];
    private readonly HashSet<(int Namespace, int Index)> _downInside = [];

    public HostChanges Changes { get; } = new();

    public HostChanges Complete()
    {
        Changes.LinkNames.UnionWith(_lost.Values);
        Changes.LinkNames.UnionWith(_down.Values);
        Changes.NamespaceIds.UnionWith(_downInside.Select(link => link.Namespace));
        return Changes;
    }

    public void AddRoute(ReadOnlySpan<byte> datagram, int? inside)
    {
        NetlinkMessageReader reader = new(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (inside is { } id)
            {
                AddInside(message, id);
            }
            else
            {
                AddHere(message);
            }
        }
    }

    public void AddNftables(ReadOnlySpan<byte> datagram)
    {
        NetlinkMessageReader reader = new(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            bool tellsOfTable = message.Type >> 8 == NftablesConstants.NFNL_SUBSYS_NFTABLES
                && (message.Type & byte.MaxValue) != NftablesConstants.NFT_MSG_NEWGEN;
            if (!tellsOfTable || message.Port == ownPort)
            {
                continue;
            }

            NetlinkAttributeReader attributes = message.Attributes(NftablesConstants.NfGenMessageSize);
            while (attributes.TryRead(out NetlinkAttribute attribute))
            {
                if (attribute.Type == NftablesConstants.NFTA_TABLE_NAME)   // attribute 1 is the table in all of them
                {
                    Changes.TableNames.Add(attribute.AsString());
                    break;
                }
            }
        }
    }

    private void AddInside(in NetlinkMessage message, int id)
    {
        switch (message.Type)
        {
            case RtNetlinkConstants.RTM_NEWLINK when HeaderOfLink(message, out int index, out uint flags):
                if ((flags & RtNetlinkConstants.IFF_UP) != 0)
                {
                    _downInside.Remove((id, index));
                }
                else
                {
                    _downInside.Add((id, index));
                }

                break;
            case RtNetlinkConstants.RTM_DELLINK or RtNetlinkConstants.RTM_DELADDR or RtNetlinkConstants.RTM_DELROUTE:
                Changes.NamespaceIds.Add(id);
                break;
            case RtNetlinkConstants.RTM_NEWROUTE when (message.Flags & NetlinkFlags.Replace) != 0:
                Changes.NamespaceIds.Add(id);
                break;
            case RtNetlinkConstants.RTM_NEWNETCONF when NetlinkConfiguration.Read(message) is { IsBirth: false }:
                Changes.NamespaceIds.Add(id);
                break;
        }
    }

    private void AddHere(in NetlinkMessage message)
    {
        switch (message.Type)
        {
            case RtNetlinkConstants.RTM_NEWLINK or RtNetlinkConstants.RTM_DELLINK:
                AddLink(message);
                break;
            case RtNetlinkConstants.RTM_DELADDR when RtNetlinkParser.Address(message) is { } address:
                Changes.InterfaceIndexes.Add(address.Index);
                break;
            case RtNetlinkConstants.RTM_DELROUTE when RtNetlinkParser.Route(message) is { OutputInterface: { } index }:
                Changes.InterfaceIndexes.Add(index);
                break;
            case RtNetlinkConstants.RTM_NEWNETCONF:
                NetlinkConfiguration configuration = NetlinkConfiguration.Read(message);
                Changes.ForwardingTurnedOff |= configuration is { Index: RtNetlinkConstants.NETCONFA_IFINDEX_ALL, Forwarding: false };
                break;
        }
    }

    private void AddLink(in NetlinkMessage message)
    {
        bool isGone = message.Type == RtNetlinkConstants.RTM_DELLINK;
        if (message.Payload.Length > 0 && message.Payload[0] == RtNetlinkConstants.AF_BRIDGE)
        {
            if (isGone && HeaderOfAnyLink(message, out int port, out _))
            {
                _lost[port] = NameOf(message);   // the bridge says that it has lost a port
            }

            return;
        }

        if (RtNetlinkParser.Link(message) is not { } link)
        {
            return;
        }

        if (link.Group == LinkReaper.CondemnedGroup)
        {
            _lost.Remove(link.Index);
            _down.Remove(link.Index);
            Changes.InterfaceIndexes.Remove(link.Index);
        }
        else if (isGone)
        {
            _lost[link.Index] = link.Name;
        }
        else if (link.Up)
        {
            _down.Remove(link.Index);
        }
        else
        {
            _down[link.Index] = link.Name;
        }
    }

    private static string NameOf(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.InterfaceHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == RtNetlinkConstants.IFLA_IFNAME)
            {
                return attribute.AsString();
            }
        }

        return string.Empty;
    }

    private static bool HeaderOfLink(in NetlinkMessage message, out int index, out uint flags)
        => HeaderOfAnyLink(message, out index, out flags) && message.Payload[0] == RtNetlinkConstants.AF_UNSPEC;

    private static bool HeaderOfAnyLink(in NetlinkMessage message, out int index, out uint flags)
    {
        bool isWhole = message.Payload.Length >= RtNetlinkConstants.InterfaceHeaderSize;
        index = isWhole ? MemoryMarshal.Read<int>(message.Payload[4..]) : 0;
        flags = isWhole ? MemoryMarshal.Read<uint>(message.Payload[8..]) : 0;
        return isWhole;
    }
}
