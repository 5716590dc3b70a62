using System.Globalization;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Nftables.Script;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Linux.Netlink;

/// <summary>Says in words what a request asks for, from its own bytes, so that only an observer that wants the words pays for them.</summary>
internal static class NetlinkRequestDetails
{
    private const int KindMask = 3;   // requests of rtnetlink come in fours: new, delete, get, set
    private const int GetKind = 2;
    private const int SubsystemShift = 8;
    private const int ConntrackSubsystem = 1;
    private const int ConntrackNew = 0, ConntrackDelete = 2;

    /// <summary>Whether a message asks for a change.</summary>
    public static bool IsChange(NetlinkProtocol protocol, in NetlinkMessage message) => (protocol, message.Type >> SubsystemShift) switch
    {
        (NetlinkProtocol.Route, _) => (message.Type & KindMask) != GetKind,
        (NetlinkProtocol.Generic, _) => message.Type != WireGuardConstants.GENL_ID_CTRL && message.Payload[0] == WireGuardConstants.WG_CMD_SET_DEVICE,
        (NetlinkProtocol.Netfilter, ConntrackSubsystem) => (message.Type & byte.MaxValue) is ConntrackNew or ConntrackDelete,
        (NetlinkProtocol.Netfilter, NftablesConstants.NFNL_SUBSYS_NFTABLES) => (message.Type & byte.MaxValue)
            is not (NftablesConstants.NFT_MSG_GETTABLE or NftablesConstants.NFT_MSG_GETCHAIN or NftablesConstants.NFT_MSG_GETRULE or NftablesConstants.NFT_MSG_GETSET
                or NftablesConstants.NFT_MSG_GETSETELEM or NftablesConstants.NFT_MSG_GETGEN),
        _ => false,
    };

    /// <summary>What is to become of the subject; <see langword="null"/> when there is nothing to say.</summary>
    public static string? Of(NetlinkProtocol protocol, in NetlinkMessage message) => protocol switch
    {
        NetlinkProtocol.Netfilter when NftRuleReader.Parse(message) is { } made && made.Rule.Expressions.Count > 0 => OfRule((NftFamily)message.Payload[0], made.Rule),
        NetlinkProtocol.Route when message.Type == RtNetlinkConstants.RTM_NEWLINK => OfLink(message),
        NetlinkProtocol.Route when message.Type is RtNetlinkConstants.RTM_NEWADDR or RtNetlinkConstants.RTM_DELADDR && message.Payload.Length > 1
            => string.Create(CultureInfo.InvariantCulture, $"prefix length {message.Payload[1]}"),
        _ => null,
    };

    /// <summary>In nft's words where they are known; a rule that asks a set is called by its remark.</summary>
    private static string? OfRule(NftFamily family, NftRule rule)
    {
        if (rule.Expressions.Any(static step => step is NftLookupExpression))
        {
            return rule.Comment;
        }

        try
        {
            return new NftScriptRule(family, new NftScriptSets([])).Write(rule);
        }
        catch (NotSupportedException)
        {
            return rule.Comment;
        }
    }

    private static string? OfLink(in NetlinkMessage message)
    {
        const int Flags = 8, ChangedFlags = 12;   // offsets in struct ifinfomsg
        if (message.Payload.Length < RtNetlinkConstants.InterfaceHeaderSize)
        {
            return null;
        }

        List<string> words = [];
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.InterfaceHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.IFLA_MTU:
                    words.Add(string.Create(CultureInfo.InvariantCulture, $"MTU {attribute.AsUInt32()}"));
                    break;
                case RtNetlinkConstants.IFLA_IFALIAS:
                    words.Add($"mark \"{attribute.AsString()}\"");
                    break;
                case RtNetlinkConstants.IFLA_LINKINFO when IsHairpin(attribute) is { } hairpin:
                    words.Add(hairpin ? "hairpin" : "no hairpin");
                    break;
            }
        }

        if ((MemoryMarshal.Read<uint>(message.Payload[ChangedFlags..]) & RtNetlinkConstants.IFF_UP) != 0)
        {
            words.Add((MemoryMarshal.Read<uint>(message.Payload[Flags..]) & RtNetlinkConstants.IFF_UP) != 0 ? "up" : "down");
        }

        return words.Count == 0 ? null : string.Join(", ", words);
    }

    private static bool? IsHairpin(in NetlinkAttribute linkInfo)
    {
        NetlinkAttributeReader parts = linkInfo.Nested();
        while (parts.TryRead(out NetlinkAttribute part))
        {
            NetlinkAttributeReader port = part.Nested();
            while (part.Type == RtNetlinkConstants.IFLA_INFO_SLAVE_DATA && port.TryRead(out NetlinkAttribute setting))
            {
                if (setting.Type == RtNetlinkConstants.IFLA_BRPORT_MODE)
                {
                    return setting.AsByte() != 0;
                }
            }
        }

        return null;
    }
}
