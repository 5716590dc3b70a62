using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Writes a register into bytes of the packet, and mends the checksum of the header.</summary>
/// <param name="Base">Where the offsets count from.</param>
/// <param name="Offset">Bytes to skip.</param>
/// <param name="Length">Bytes to write.</param>
/// <param name="Register">The register.</param>
/// <param name="ChecksumOffset">Where the checksum is.</param>
public sealed record NftPayloadWriteExpression(NftPayloadBase Base, int Offset, int Length, int Register, int ChecksumOffset) : NftExpression
{
    internal const uint InternetChecksum = 1;   // NFT_PAYLOAD_CSUM_INET

    /// <inheritdoc/>
    public override string Name => "payload";

    /// <inheritdoc/>
    public override string ToString()
        => $"[ payload write reg {Print(Register)} => {Length}b @ {Base.ToString().ToLowerInvariant()} header + {Offset} "
            + $"csum_type {InternetChecksum} csum_off {ChecksumOffset} csum_flags 0x0 ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_PAYLOAD_SREG, Register);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_BASE, (uint)Base);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_OFFSET, (uint)Offset);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_LEN, (uint)Length);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_CSUM_TYPE, InternetChecksum);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_CSUM_OFFSET, (uint)ChecksumOffset);
    }
}
