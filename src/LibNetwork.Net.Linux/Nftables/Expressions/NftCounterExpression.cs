using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Counts packets and bytes. Equal to any other counter: what was counted says nothing about the rule.</summary>
/// <param name="Packets">How many packets so far.</param>
/// <param name="ByteCount">How many bytes so far.</param>
public sealed record NftCounterExpression(ulong Packets = 0, ulong ByteCount = 0) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "counter";

    /// <inheritdoc/>
    public bool Equals(NftCounterExpression? other) => other is not null;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <inheritdoc/>
    public override string ToString() => $"[ counter pkts {Packets} bytes {ByteCount} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        if (Packets == 0 && ByteCount == 0)
        {
            return;   // the kernel starts from zero
        }

        writer.WriteAttributeBigEndian(NFTA_COUNTER_BYTES, ByteCount);
        writer.WriteAttributeBigEndian(NFTA_COUNTER_PACKETS, Packets);
    }
}
