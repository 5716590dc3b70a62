using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Logs the packet: to the kernel's log by level, or to a listener by group.</summary>
/// <param name="Prefix">Text before each line; may be empty.</param>
/// <param name="Level">How urgent; ignored with a group.</param>
/// <param name="Group">The listener's group, or <see langword="null"/> for the kernel's log.</param>
public sealed record NftLogExpression(string Prefix, NftLogLevel Level = NftLogLevel.Warning, ushort? Group = null) : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "log";

    /// <inheritdoc/>
    public override string ToString()
    {
        string prefix = Prefix.Length == 0 ? string.Empty : $" prefix {Prefix}";
        return Group is { } group ? $"[ log{prefix} group {group} snaplen 0 qthreshold 0 ]" : $"[ log{prefix} level {(int)Level} ]";
    }

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        if (Prefix.Length > 0)
        {
            writer.WriteString(NFTA_LOG_PREFIX, Prefix);
        }

        if (Group is { } group)
        {
            writer.WriteAttributeBigEndian(NFTA_LOG_GROUP, group);
        }
        else
        {
            writer.WriteAttributeBigEndian(NFTA_LOG_LEVEL, (uint)Level);
        }
    }
}
