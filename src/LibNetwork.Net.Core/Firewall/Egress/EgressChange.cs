using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>A change of what endpoints may reach, as elements of the firewall's sets.</summary>
/// <param name="Removed">What goes, first.</param>
/// <param name="Added">What comes.</param>
/// <param name="Apply">Makes the model follow, once the kernel has.</param>
internal sealed record EgressChange(
    IReadOnlyList<(string Set, NftElement Element)> Removed, IReadOnlyList<(string Set, NftElement Element)> Added, Action Apply)
{
    public static EgressChange None { get; } = new([], [], static () => { });

    /// <summary>The change from some elements to others; those in both stay untouched.</summary>
    public static EgressChange Between(
        IReadOnlyCollection<(string Set, NftElement Element)> before, IReadOnlyCollection<(string Set, NftElement Element)> after, Action apply)
        => new([.. before.Except(after)], [.. after.Except(before)], apply);
}
