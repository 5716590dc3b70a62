using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Decides what happens to the packet.</summary>
/// <param name="Verdict">What.</param>
public sealed record NftVerdictExpression(NftVerdict Verdict) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "immediate";

    /// <inheritdoc/>
    public override string ToString() => $"[ immediate reg 0 {Verdict} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_IMMEDIATE_DREG, NftRegister.Verdict);
        NftWire.WriteVerdict(ref writer, NFTA_IMMEDIATE_DATA, Verdict);
    }
}
