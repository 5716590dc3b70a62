using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Goes on only while packets come slower, or faster, than a rate.</summary>
/// <param name="Rate">Packets per <paramref name="Unit"/>.</param>
/// <param name="Unit">The time that the rate counts in.</param>
/// <param name="Burst">Packets that may come at once.</param>
/// <param name="Over">Whether it goes on for what is over the rate.</param>
public sealed record NftLimitExpression(ulong Rate, NftLimitUnit Unit, uint Burst, bool Over) : NftExpression
{
    private const uint LimitPackets = 0;   // NFT_LIMIT_PKTS

    /// <inheritdoc/>
    public override string Name => "limit";

    /// <inheritdoc/>
    public override string ToString()
        => $"[ limit rate {Rate}/{Unit.ToString().ToLowerInvariant()} burst {Burst} type packets flags 0x{(Over ? 1 : 0)} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteAttributeBigEndian(NFTA_LIMIT_RATE, Rate);
        writer.WriteAttributeBigEndian(NFTA_LIMIT_UNIT, (ulong)Unit);
        writer.WriteAttributeBigEndian(NFTA_LIMIT_TYPE, LimitPackets);
        writer.WriteAttributeBigEndian(NFTA_LIMIT_FLAGS, Over ? NFT_LIMIT_F_INV : 0);
        writer.WriteAttributeBigEndian(NFTA_LIMIT_BURST, Burst);
    }
}
