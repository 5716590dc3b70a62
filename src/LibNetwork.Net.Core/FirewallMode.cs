namespace LibNetwork;

/// <summary>Who puts packet rules in place.</summary>
public enum FirewallMode
{
    /// <summary>The library, in nftables tables of its own.</summary>
    Nftables = 0,

    /// <summary>
    /// The user: nothing in the host's nftables is touched, and <see cref="INetworkController.GetFirewallScriptAsync"/> says what the networks need.
    /// Until that is loaded nothing protects them, nothing leaves under the host's address, and published ports are reserved and lead nowhere, but for
    /// what a relay carries. The rules inside a sandbox that lead to its resolver are there all the same.
    /// </summary>
    None = 1,
}
