using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Goes on only if a register compares with a constant.</summary>
/// <param name="Register">The register.</param>
/// <param name="Comparison">How.</param>
/// <param name="Value">The constant.</param>
public sealed record NftCompareExpression(int Register, NftComparison Comparison, NftBytes Value) : NftExpression
{
    private static readonly string[] Names = ["eq", "neq", "lt", "lte", "gt", "gte"];

    /// <inheritdoc/>
    public override string Name => "cmp";

    /// <inheritdoc/>
    public override string ToString() => $"[ cmp {Names[(int)Comparison]} reg {Print(Register)} {Value} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_CMP_SREG, Register);
        writer.WriteAttributeBigEndian(NFTA_CMP_OP, (uint)Comparison);
        WriteData(ref writer, NFTA_CMP_DATA, Value);
    }
}
