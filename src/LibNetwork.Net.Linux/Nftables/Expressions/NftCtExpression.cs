using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Loads what connection tracking knows into a register, or sets it from one.</summary>
/// <param name="Key">What.</param>
/// <param name="Register">The register.</param>
/// <param name="Direction">Of which direction, for addresses and ports.</param>
/// <param name="IsSet">Whether the register is the source.</param>
public sealed record NftCtExpression(NftCtKey Key, int Register, NftCtDirection? Direction = null, bool IsSet = false) : NftExpression
{
    private static readonly string[] Names =
    [
        "state", "direction", "status", "mark", "secmark", "expiration", "helper", "l3protocol", "src", "dst", "protocol", "proto_src",
        "proto_dst", "label", "packets", "bytes", "avgpkt", "zone", "event", "src_ip", "dst_ip", "src_ip6", "dst_ip6", "id",
    ];

    /// <inheritdoc/>
    public override string Name => "ct";

    /// <inheritdoc/>
    public override string ToString()
    {
        string key = (uint)Key < (uint)Names.Length ? Names[(int)Key] : $"{(int)Key}";
        string direction = Direction is { } of ? $" , dir {of.ToString().ToLowerInvariant()}" : string.Empty;
        return IsSet ? $"[ ct set {key} with reg {Print(Register)} ]" : $"[ ct load {key} => reg {Print(Register)}{direction} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteAttributeBigEndian(NFTA_CT_KEY, (uint)Key);
        WriteRegister(ref writer, IsSet ? NFTA_CT_SREG : NFTA_CT_DREG, Register);
        if (Direction is { } direction)
        {
            writer.WriteAttribute(NFTA_CT_DIRECTION, (byte)direction);
        }
    }
}
