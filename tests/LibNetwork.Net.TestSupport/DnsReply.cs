using LibNetwork.ServiceDiscovery;

namespace LibNetwork.TestSupport;

/// <summary>A DNS answer.</summary>
public sealed record DnsReply(ushort Id, ushort Flags, string Question, IReadOnlyList<DnsReplyRecord> Answers, IReadOnlyList<DnsReplyRecord> Additional)
{
    public DnsResponseCode Code => (DnsResponseCode)(Flags & 0xf);

    public bool IsTruncated => (Flags & 0x0200) != 0;

    public bool IsRecursionAvailable => (Flags & 0x0080) != 0;

    public IEnumerable<string> Data => Answers.Select(answer => answer.Data);
}
