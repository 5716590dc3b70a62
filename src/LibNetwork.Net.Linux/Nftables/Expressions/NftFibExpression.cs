using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Loads an answer of the routing table into a register.</summary>
/// <param name="Result">What is asked.</param>
/// <param name="Flags">About which parts of the packet.</param>
/// <param name="Register">The register.</param>
public sealed record NftFibExpression(NftFibResult Result, NftFibFlags Flags, int Register) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "fib";

    /// <inheritdoc/>
    public override string ToString()
    {
        List<string> parts = [];
        AddPart(parts, NftFibFlags.SourceAddress, "saddr");
        AddPart(parts, NftFibFlags.DestinationAddress, "daddr");
        AddPart(parts, NftFibFlags.Mark, "mark");
        AddPart(parts, NftFibFlags.Iif, "iif");
        AddPart(parts, NftFibFlags.Oif, "oif");
        string result = Result switch { NftFibResult.OifIndex => "oif", NftFibResult.OifName => "oifname", _ => "type" };
        string present = (Flags & NftFibFlags.Present) != 0 ? " present" : string.Empty;
        return $"[ fib {string.Join(" . ", parts)} {result}{present} => reg {Print(Register)} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        writer.WriteAttributeBigEndian(NFTA_FIB_FLAGS, (uint)Flags);
        writer.WriteAttributeBigEndian(NFTA_FIB_RESULT, (uint)Result);
        WriteRegister(ref writer, NFTA_FIB_DREG, Register);
    }

    private void AddPart(List<string> parts, NftFibFlags flag, string name)
    {
        if ((Flags & flag) != 0)
        {
            parts.Add(name);
        }
    }
}
