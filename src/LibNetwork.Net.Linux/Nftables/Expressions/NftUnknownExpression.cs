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

    /// <inheritdoc/>
    public override string ToString() => $"[ {Name} {Attributes} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
        => throw new InvalidOperationException($"The expression \"{Name}\" was read from the kernel and cannot be written.");
}
