namespace LibNetwork.Flows;

/// <summary>A rule of nftables that a packet met, or the policy of a chain.</summary>
public sealed record FlowRule
{
    /// <summary>The table's family as nft names it: <c>inet</c>, <c>ip</c>, <c>ip6</c> or <c>bridge</c>.</summary>
    public required string Family { get; init; }

    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>The chain that the rule is in.</summary>
    public required string Chain { get; init; }

    /// <summary>The hook that led to it: <c>prerouting</c>, <c>input</c>, <c>forward</c>, <c>output</c> or <c>postrouting</c>.</summary>
    public required string Hook { get; init; }

    /// <summary>The rule as nft writes it, as far as it is known here; what is not is in square brackets. Of a policy: <c>policy drop</c>.</summary>
    public required string Text { get; init; }

    /// <summary>The rule's remark.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's number for the rule, as <c>nft -a list</c> shows it; 0 for a policy.</summary>
    public ulong Handle { get; init; }

    /// <summary>What it does, the first word of it: <c>accept</c>, <c>drop</c>, <c>reject</c>, <c>dnat</c>, <c>masquerade</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Whether the table is this library's.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Whether it is the chain's policy.</summary>
    public bool IsPolicy => Handle == 0;

    /// <summary>For example <c>inet libnetwork forward: iifname @networks oifname @networks drop</c>.</summary>
    public override string ToString()
        => Comment is null ? $"{Family} {Table} {Chain}: {Text}" : $"{Family} {Table} {Chain}: {Text} comment \"{Comment}\"";
}
