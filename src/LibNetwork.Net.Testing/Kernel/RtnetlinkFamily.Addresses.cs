using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

internal static partial class RtnetlinkFamily
{
    private static int AddAddress(FakeNamespace inside, in NetlinkMessage message)
        => Read(inside, message) is { } address ? inside.Add(address) : LinuxErrno.ENODEV;

    private static int RemoveAddress(FakeNamespace inside, in NetlinkMessage message)
    {
        if (Read(inside, message) is not { } address)
        {
            return LinuxErrno.ENODEV;
        }

        if (inside.Addresses.Find(other => other.Link == address.Link && other.Address.Equals(address.Address) && other.PrefixLength == address.PrefixLength) is not { } found)
        {
            return LinuxErrno.EADDRNOTAVAIL;
        }

        inside.Remove(found);
        return 0;
    }

    private static FakeAddress? Read(FakeNamespace inside, in NetlinkMessage message)
    {
        IPAddress? local = null;
        NetlinkAttributeReader attributes = message.Attributes(SizeOfIfAddr);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            local = attribute.Type is IFA_LOCAL or IFA_ADDRESS ? new IPAddress(attribute.Payload) : local;
        }

        return local is not null && inside.Find(MemoryMarshal.Read<int>(message.Payload[4..])) is { } link ? new FakeAddress(link, local, message.Payload[1]) : null;
    }

    private static void Tell(FakeAddress address, uint sequence, Answers answers) => answers.Add(RTM_NEWADDR, sequence, isPart: true, (ref writer) =>
    {
        Span<byte> header = writer.WriteFamilyHeader(SizeOfIfAddr);
        header[0] = address.Family;
        header[1] = address.PrefixLength;
        header[2] = IFA_F_PERMANENT;
        header[3] = address.Link.IsLoopback ? RT_SCOPE_HOST : address.Address.IsIPv6LinkLocal ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
        MemoryMarshal.Write(header[4..], address.Link.Index);
        writer.WriteAttribute(IFA_ADDRESS, address.Address.GetAddressBytes());
        if (address.Family == AF_INET)
        {
            writer.WriteAttribute(IFA_LOCAL, address.Address.GetAddressBytes());
        }
    });
}
