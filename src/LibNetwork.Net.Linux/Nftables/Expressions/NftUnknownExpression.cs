using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>A step that this library does not know, or that has parts which it does not know: read from the kernel, never written.</summary>
public sealed record NftUnknownExpression : NftExpression
{
    internal NftUnknownExpression(string name, NftBytes attributes)
    {
        Name = name;
        Attributes = attributes;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Its netlink attributes as they came.</summary>
    public NftBytes Attributes { get; }

    /// <summary>The iptables extension that it stands for, such as <c>conntrack</c> or <c>REJECT</c>; <see langword="null"/> when it stands for none.</summary>
    public string? Extension => Name is "match" or "target" ? ReadText(NFTA_MATCH_NAME) : null;

    /// <summary>The remark that iptables keeps as a match which always holds; <see langword="null"/> when it is no remark.</summary>
    public string? Remark => Name == "match" && Extension == "comment" ? ReadText(NFTA_MATCH_INFO) : null;

    /// <inheritdoc/>
    public override string ToString() => $"[ {Name} {Attributes} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
        => throw new InvalidOperationException($"The expression \"{Name}\" was read from the kernel and cannot be written.");

    private string? ReadText(ushort type)
    {
        NetlinkAttributeReader attributes = new(Attributes.Span);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == type)
            {
                return attribute.AsString();
            }
        }

        return null;
    }
}
