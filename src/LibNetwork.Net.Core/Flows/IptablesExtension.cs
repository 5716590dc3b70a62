using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>A match or target of iptables in a rule of nftables, as <c>iptables-nft</c> writes it.</summary>
/// <param name="Name">As iptables knows it: <c>conntrack</c>, <c>MASQUERADE</c>.</param>
/// <param name="Revision">Which of its layouts <paramref name="Info"/> has.</param>
/// <param name="Info">What it asks or does, in the kernel's layout.</param>
internal sealed record IptablesExtension(string Name, uint Revision, NftBytes Info)
{
    private const ushort NameAttribute = 1, RevisionAttribute = 2, InfoAttribute = 3;   // NFTA_MATCH_*, and NFTA_TARGET_* alike

    /// <returns>The extension, or <see langword="null"/> when the step is none.</returns>
    public static IptablesExtension? Of(NftExpression step)
    {
        if (step is not NftUnknownExpression { Name: "match" or "target" } unknown)
        {
            return null;
        }

        IptablesExtension found = new(string.Empty, 0, default);
        NetlinkAttributeReader attributes = new(unknown.Attributes.Span);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            found = attribute.Type switch
            {
                NameAttribute => found with { Name = attribute.AsString() },
                RevisionAttribute => found with { Revision = attribute.AsUInt32BigEndian() },
                InfoAttribute => found with { Info = new NftBytes(attribute.Payload) },
                _ => found,
            };
        }

        return found;
    }
}
