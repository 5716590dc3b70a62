using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Loads bytes of the packet into a register.</summary>
/// <param name="Base">Where the offset counts from.</param>
/// <param name="Offset">Bytes to skip.</param>
/// <param name="Length">Bytes to load.</param>
/// <param name="Register">The register.</param>
public sealed record NftPayloadExpression(NftPayloadBase Base, int Offset, int Length, int Register) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "payload";

    /// <inheritdoc/>
    public override string ToString()
        => $"[ payload load {Length}b @ {Base.ToString().ToLowerInvariant()} header + {Offset} => reg {Print(Register)} ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_PAYLOAD_DREG, Register);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_BASE, (uint)Base);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_OFFSET, (uint)Offset);
        writer.WriteAttributeBigEndian(NFTA_PAYLOAD_LEN, (uint)Length);
    }
}
