using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Translates the flow's source to the address of the interface that it leaves by.</summary>
/// <param name="Flags">How.</param>
public sealed record NftMasqueradeExpression(NftNatFlags Flags = NftNatFlags.None) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "masq";

    /// <inheritdoc/>
    public override string ToString() => Flags == NftNatFlags.None ? "[ masq ]" : $"[ masq flags 0x{(uint)Flags:x} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        if (Flags != NftNatFlags.None)
        {
            writer.WriteAttributeBigEndian(NFTA_MASQ_FLAGS, (uint)Flags);
        }
    }
}
