using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Looks registers up in a set, and goes on only if they are in it (or not in it), or loads what a map has for them.</summary>
/// <param name="Set">The set's or map's name.</param>
/// <param name="Register">The first register of the key.</param>
/// <param name="Destination">Where a map's data goes; <see langword="null"/> for a set.</param>
/// <param name="Inverted">Whether the key must not be in the set.</param>
/// <param name="IsVerdictMap">Whether the map decides what happens to the packet; <paramref name="Destination"/> is then <see langword="null"/>.</param>
public sealed record NftLookupExpression(string Set, int Register, int? Destination = null, bool Inverted = false, bool IsVerdictMap = false)
    : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "lookup";

    /// <inheritdoc/>
    public override string ToString()
    {
        string destination = IsVerdictMap ? " dreg 0" : Destination is { } register ? $" dreg {Print(register)}" : string.Empty;
        return $"[ lookup reg {Print(Register)} set {Set}{destination}{(Inverted ? " 0x1" : string.Empty)} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteString(NFTA_LOOKUP_SET, Set);
        WriteRegister(ref writer, NFTA_LOOKUP_SREG, Register);
        WriteRegister(ref writer, NFTA_LOOKUP_DREG, IsVerdictMap ? NftRegister.Verdict : Destination);
        if (Inverted)
        {
            writer.WriteAttributeBigEndian(NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
        }
    }
}
