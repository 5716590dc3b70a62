using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Drops the packet and tells its sender.</summary>
/// <param name="Kind">How.</param>
/// <param name="Code">The ICMP code, for the ICMP kinds.</param>
public sealed record NftRejectExpression(NftRejectKind Kind, byte Code = 0) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "reject";

    /// <inheritdoc/>
    public override string ToString() => $"[ reject type {(int)Kind} code {Code} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteAttributeBigEndian(NFTA_REJECT_TYPE, (uint)Kind);
        writer.WriteAttribute(NFTA_REJECT_ICMP_CODE, Code);
    }
}
