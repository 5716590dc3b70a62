using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>A match or target of iptables in a rule of nftables, as <c>iptables-nft</c> writes it.</summary>
/// <param name="IsTarget">Whether it does something, instead of asking.</param>
/// <param name="Extension">Its name as iptables knows it: <c>conntrack</c>, <c>MASQUERADE</c>.</param>
/// <param name="Revision">Which of its layouts <paramref name="Info"/> has.</param>
/// <param name="Info">What it asks or does, in the kernel's layout.</param>
public sealed record NftExtensionExpression(bool IsTarget, string Extension, uint Revision, NftBytes Info) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => IsTarget ? "target" : "match";

    /// <inheritdoc/>
    public override string ToString() => $"[ {Name} name {Extension} rev {Revision} ]";

    // Targets and matches have the same attributes.
    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteString(NFTA_MATCH_NAME, Extension);
        writer.WriteAttributeBigEndian(NFTA_MATCH_REV, Revision);
        writer.WriteAttribute(NFTA_MATCH_INFO, Info.Span);
    }
}
