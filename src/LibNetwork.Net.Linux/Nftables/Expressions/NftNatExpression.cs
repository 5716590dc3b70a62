using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Translates the flow's source or destination to the address and port in registers.</summary>
/// <param name="IsDestination">Whether the destination is translated.</param>
/// <param name="Family">The family of the address; never <see cref="NftFamily.Inet"/>.</param>
/// <param name="AddressRegister">Where the address is; <see langword="null"/> keeps it.</param>
/// <param name="PortRegister">Where the port is; <see langword="null"/> keeps it.</param>
/// <param name="Flags">How.</param>
public sealed record NftNatExpression(
    bool IsDestination, NftFamily Family, int? AddressRegister, int? PortRegister, NftNatFlags Flags = NftNatFlags.None) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "nat";

    /// <inheritdoc/>
    public override string ToString()
    {
        string address = AddressRegister is { } addressRegister ? $" addr_min reg {Print(addressRegister)}" : string.Empty;
        string port = PortRegister is { } portRegister ? $" proto_min reg {Print(portRegister)}" : string.Empty;
        string flags = Flags == NftNatFlags.None ? string.Empty : $" flags 0x{(uint)Flags:x}";
        return $"[ nat {(IsDestination ? "dnat" : "snat")} {(Family == NftFamily.IPv6 ? "ip6" : "ip")}{address}{port}{flags} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteAttributeBigEndian(NFTA_NAT_TYPE, IsDestination ? NFT_NAT_DNAT : NFT_NAT_SNAT);
        writer.WriteAttributeBigEndian(NFTA_NAT_FAMILY, (uint)Family);
        WriteRegister(ref writer, NFTA_NAT_REG_ADDR_MIN, AddressRegister);
        WriteRegister(ref writer, NFTA_NAT_REG_PROTO_MIN, PortRegister);
        if (Flags != NftNatFlags.None)
        {
            writer.WriteAttributeBigEndian(NFTA_NAT_FLAGS, (uint)Flags);
        }
    }
}
