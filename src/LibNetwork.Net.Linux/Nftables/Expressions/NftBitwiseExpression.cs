using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Keeps some bits of a register and inverts others: <c>(source &amp; mask) ^ xor</c>.</summary>
/// <param name="Source">The register to read.</param>
/// <param name="Destination">The register to write.</param>
/// <param name="Mask">The bits to keep.</param>
/// <param name="Xor">The bits to invert.</param>
public sealed record NftBitwiseExpression(int Source, int Destination, NftBytes Mask, NftBytes Xor) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "bitwise";

    /// <inheritdoc/>
    public override string ToString() => $"[ bitwise reg {Print(Destination)} = ( reg {Print(Source)} & {Mask} ) ^ {Xor} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_BITWISE_SREG, Source);
        WriteRegister(ref writer, NFTA_BITWISE_DREG, Destination);
        writer.WriteAttributeBigEndian(NFTA_BITWISE_LEN, (uint)Mask.Length);
        WriteData(ref writer, NFTA_BITWISE_MASK, Mask);
        WriteData(ref writer, NFTA_BITWISE_XOR, Xor);
    }
}
