using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Loads a packet's <see cref="NftMetaKey"/> into a register, or sets it from one.</summary>
/// <param name="Key">What.</param>
/// <param name="Register">The register.</param>
/// <param name="IsSet">Whether the register is the source.</param>
public sealed record NftMetaExpression(NftMetaKey Key, int Register, bool IsSet = false) : NftExpression
{
    private static readonly string[] Names =
    [
        "len", "protocol", "priority", "mark", "iif", "oif", "iifname", "oifname", "iiftype", "oiftype", "skuid", "skgid", "nftrace",
        "rtclassid", "secmark", "nfproto", "l4proto", "bri_iifname", "bri_oifname", "pkttype", "cpu", "iifgroup", "oifgroup", "cgroup",
    ];

    /// <inheritdoc/>
    public override string Name => "meta";

    /// <inheritdoc/>
    public override string ToString()
    {
        string key = (uint)Key < (uint)Names.Length ? Names[(int)Key] : $"{(int)Key}";
        return IsSet ? $"[ meta set {key} with reg {Print(Register)} ]" : $"[ meta load {key} => reg {Print(Register)} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        if (IsSet)
        {
            writer.WriteAttributeBigEndian(NFTA_META_KEY, (uint)Key);
            WriteRegister(ref writer, NFTA_META_SREG, Register);
            return;
        }

        WriteRegister(ref writer, NFTA_META_DREG, Register);
        writer.WriteAttributeBigEndian(NFTA_META_KEY, (uint)Key);
    }
}
