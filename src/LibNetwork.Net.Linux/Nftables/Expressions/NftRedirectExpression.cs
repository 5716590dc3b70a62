using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Translates the flow's destination to this host.</summary>
/// <param name="PortRegister">Where the port is; <see langword="null"/> keeps it.</param>
/// <param name="Flags">How.</param>
public sealed record NftRedirectExpression(int? PortRegister, NftNatFlags Flags = NftNatFlags.None) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "redir";

    /// <inheritdoc/>
    public override string ToString()
    {
        string port = PortRegister is { } register ? $" proto_min reg {Print(register)}" : string.Empty;
        return Flags == NftNatFlags.None ? $"[ redir{port} ]" : $"[ redir{port} flags 0x{(uint)Flags:x} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        WriteRegister(ref writer, NFTA_REDIR_REG_PROTO_MIN, PortRegister);
        if (Flags != NftNatFlags.None)
        {
            writer.WriteAttributeBigEndian(NFTA_REDIR_FLAGS, (uint)Flags);
        }
    }
}
