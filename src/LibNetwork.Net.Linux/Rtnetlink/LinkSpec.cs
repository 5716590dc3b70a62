using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What links of every kind are created with, all in one request.</summary>
public abstract record LinkSpec
{
    private protected LinkSpec()
    {
    }

    /// <summary>The interface's name, unique in its namespace: 1 to 15 bytes, without slash and white space.</summary>
    public required string Name { get; init; }

    /// <summary>The index to give it.</summary>
    /// <value>The default, <see langword="null"/>, lets the kernel choose. One that is in use is refused with <c>EBUSY</c>.</value>
    public int? Index { get; init; }

    /// <summary>The hardware address.</summary>
    /// <value>The default, <see langword="null"/>, lets the kernel make one up.</value>
    public PhysicalAddress? Address { get; init; }

    /// <summary>The largest packet, in bytes.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's for this kind.</value>
    public uint? Mtu { get; init; }

    /// <summary>The index of the bridge that it becomes a port of.</summary>
    public int? Master { get; init; }

    /// <summary>The interface group, a tag for acting on many links at once.</summary>
    /// <value>The default is 0.</value>
    public uint Group { get; init; }

    /// <summary>Whether the link is up from the start.</summary>
    public bool Up { get; init; }

    /// <summary>The length of the transmit queue, in packets.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's for this kind.</value>
    public uint? TransmitQueueLength { get; init; }

    /// <summary>The descriptor of the namespace that the link is born in; see <c>NetworkNamespace.Descriptor</c>.</summary>
    /// <value>The default, <see langword="null"/>, is the namespace that the request is made in. A parent is always looked up there.</value>
    public int? NamespaceDescriptor { get; init; }
}
