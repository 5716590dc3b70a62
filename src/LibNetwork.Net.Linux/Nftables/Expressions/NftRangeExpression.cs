using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Goes on only if a register is within, or outside, a range of both ends included, in network order.</summary>
/// <param name="Register">The register.</param>
/// <param name="Outside">Whether it must be outside.</param>
/// <param name="First">The lowest value.</param>
/// <param name="Last">The highest value.</param>
public sealed record NftRangeExpression(int Register, bool Outside, NftBytes First, NftBytes Last) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "range";

    /// <inheritdoc/>
    public override string ToString() => $"[ range {(Outside ? "neq" : "eq")} reg {Print(Register)} {First} {Last} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_RANGE_SREG, Register);
        writer.WriteAttributeBigEndian(NFTA_RANGE_OP, Outside ? 1u : 0u);
        WriteData(ref writer, NFTA_RANGE_FROM_DATA, First);
        WriteData(ref writer, NFTA_RANGE_TO_DATA, Last);
    }
}
