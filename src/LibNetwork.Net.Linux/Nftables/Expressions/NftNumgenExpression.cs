using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Loads the next, or a random, number below a modulus into a register, in the machine's order.</summary>
/// <param name="Modulus">How many numbers there are.</param>
/// <param name="Random">Whether it is random instead of the next.</param>
/// <param name="Offset">What is added.</param>
/// <param name="Register">The register.</param>
public sealed record NftNumgenExpression(uint Modulus, bool Random, uint Offset, int Register) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "numgen";

    /// <inheritdoc/>
    public override string ToString()
    {
        string offset = Offset == 0 ? string.Empty : $" offset {Offset}";
        return $"[ numgen reg {Print(Register)} = {(Random ? "random" : "inc")} mod {Modulus}{offset} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_NG_DREG, Register);
        writer.WriteAttributeBigEndian(NFTA_NG_MODULUS, Modulus);
        writer.WriteAttributeBigEndian(NFTA_NG_TYPE, Random ? 1u : 0u);
        writer.WriteAttributeBigEndian(NFTA_NG_OFFSET, Offset);
    }
}
