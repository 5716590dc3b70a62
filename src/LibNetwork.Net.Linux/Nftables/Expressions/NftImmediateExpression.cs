using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Puts a constant into a register.</summary>
/// <param name="Register">The register.</param>
/// <param name="Value">The constant.</param>
public sealed record NftImmediateExpression(int Register, NftBytes Value) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "immediate";

    /// <inheritdoc/>
    public override string ToString() => $"[ immediate reg {Print(Register)} {Value} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_IMMEDIATE_DREG, Register);
        WriteData(ref writer, NFTA_IMMEDIATE_DATA, Value);
    }
}
