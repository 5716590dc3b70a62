using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Keeps the packet out of connection tracking.</summary>
public sealed record NftNotrackExpression : NftExpression
{
    /// <inheritdoc/>
    public override string Name => "notrack";

    /// <inheritdoc/>
    public override string ToString() => "[ notrack ]";

    internal override void WriteAttributes(ref NetlinkMessageWriter writer)
    {
        // It has none.
    }
}
