using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux.Monitoring;

/// <summary>The kernel's word about parameters of an interface's IPv4 or IPv6 (<c>RTM_NEWNETCONF</c>).</summary>
/// <param name="Index">The interface; negative for all, or for the default of new ones.</param>
/// <param name="Forwarding">Whether it forwards; <see langword="null"/> when the word is about something else.</param>
/// <param name="IsBirth">Whether all parameters are told, as for an interface that is new.</param>
internal readonly record struct NetlinkConfiguration(int Index, bool? Forwarding, bool IsBirth)
{
    public static NetlinkConfiguration Read(in NetlinkMessage message)
    {
        int index = 0, parameters = 0;
        bool? forwarding = null;
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.ConfigurationHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.NETCONFA_IFINDEX:
                    index = attribute.AsInt32();
                    break;
                case RtNetlinkConstants.NETCONFA_FORWARDING:
                    forwarding = attribute.AsInt32() != 0;
                    parameters++;
                    break;
                default:
                    parameters++;
                    break;
            }
        }

        return new NetlinkConfiguration(index, forwarding, IsBirth: parameters > 1);
    }
}
