namespace LibNetwork.Ipam;

/// <summary>Where pools come from when the user names none: a range and the size of the pools cut from it.</summary>
/// <param name="Base">The range.</param>
/// <param name="PrefixLength">The prefix length of each pool; at least that of <paramref name="Base"/>.</param>
public sealed record DefaultPool(Subnet Base, int PrefixLength);
