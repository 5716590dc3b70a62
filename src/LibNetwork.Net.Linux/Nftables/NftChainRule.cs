namespace LibNetwork.Linux.Nftables;

/// <summary>A rule as it was read.</summary>
/// <param name="Handle">The kernel's number for it, by which <see cref="NftTransaction.DeleteRule"/> deletes it.</param>
/// <param name="Rule">The rule; equal to the one that was added.</param>
public sealed record NftChainRule(ulong Handle, NftRule Rule);
