namespace LibNetwork.Ipam;

/// <summary>Where pools come from when the user names none: a range and the size of the pools cut from it.</summary>
/// <param name="Base">The range.</param>
/// <param name="PrefixLength">The prefix length of each pool; at least that of <paramref name="Base"/>.</param>
public sealed record DefaultPool(Subnet Base, int PrefixLength)
{
    /// <summary>Whether the range is used only when those that are no reserve have no room.</summary>
    public bool IsReserve { get; init; }
}
