using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Loads a hash of registers, reduced by a modulus, into a register, in the machine's order.</summary>
/// <param name="Source">The first register to hash.</param>
/// <param name="Length">How many bytes to hash.</param>
/// <param name="Modulus">How many results there are.</param>
/// <param name="Seed">What the hash starts from; <see langword="null"/> lets the kernel pick.</param>
/// <param name="Offset">What is added.</param>
/// <param name="Register">The register that takes the result; may be the source.</param>
public sealed record NftHashExpression(int Source, int Length, uint Modulus, uint? Seed, uint Offset, int Register) : NftExpression
{
    private const uint HashJenkins = 0;   // NFT_HASH_JENKINS

    /// <inheritdoc/>
    public override string Name => "hash";

    /// <inheritdoc/>
    public override string ToString()
    {
        string offset = Offset == 0 ? string.Empty : $" offset {Offset}";
        return $"[ hash reg {Print(Register)} = jhash(reg {Print(Source)}, {Length}, 0x{Seed ?? 0:x}) % mod {Modulus}{offset} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_HASH_SREG, Source);
        WriteRegister(ref writer, NFTA_HASH_DREG, Register);
        writer.WriteAttributeBigEndian(NFTA_HASH_LEN, (uint)Length);
        writer.WriteAttributeBigEndian(NFTA_HASH_MODULUS, Modulus);
        if (Seed is { } seed)
        {
            writer.WriteAttributeBigEndian(NFTA_HASH_SEED, seed);
        }

        writer.WriteAttributeBigEndian(NFTA_HASH_OFFSET, Offset);
        writer.WriteAttributeBigEndian(NFTA_HASH_TYPE, HashJenkins);
    }
}
