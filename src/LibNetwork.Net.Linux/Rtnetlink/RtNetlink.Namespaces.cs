using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlink
{
    private const int ChosenByKernel = -1;

    /// <summary>The number by which this namespace knows another one; it gets one if it has none. Its life ends with the other namespace's.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public int IdentifyNamespace(NetworkNamespace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ThrowIfUnsent();
        if (QueryNamespaceId(other) is { } known)
        {
            return known;
        }

        NetlinkMessageWriter writer = BeginNamespaceRequest(RtNetlinkConstants.RTM_NEWNSID, "identify namespace", LinuxErrno.EEXIST);
        writer.WriteAttribute(RtNetlinkConstants.NETNSA_FD, other.Descriptor);
        writer.WriteAttribute(RtNetlinkConstants.NETNSA_NSID, ChosenByKernel);
        _batch.End(ref writer);
        Execute();
        return QueryNamespaceId(other) ?? throw new KernelException("identify namespace", other.Path ?? string.Empty, LinuxErrno.ENOENT);
    }

    private int? QueryNamespaceId(NetworkNamespace other)
    {
        NetlinkMessageWriter writer = BeginNamespaceRequest(RtNetlinkConstants.RTM_GETNSID, "find namespace id", toleratedErrno: 0);
        writer.WriteAttribute(RtNetlinkConstants.NETNSA_FD, other.Descriptor);
        _batch.End(ref writer);
        return _socket.Query(_batch, ReadNamespaceId)?.Value;
    }

    private NetlinkMessageWriter BeginNamespaceRequest(ushort type, string operation, int toleratedErrno)
    {
        NetlinkMessageWriter writer = _batch.Begin(type, NetlinkFlags.None, operation, string.Empty, toleratedErrno);
        writer.WriteFamilyHeader(RtNetlinkConstants.GeneralHeaderSize);
        return writer;
    }

    private static NamespaceId? ReadNamespaceId(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.GeneralHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == RtNetlinkConstants.NETNSA_NSID)
            {
                return attribute.AsInt32() is var id and >= 0 ? new NamespaceId(id) : null;
            }
        }

        return null;
    }

    private sealed record NamespaceId(int Value);
}
