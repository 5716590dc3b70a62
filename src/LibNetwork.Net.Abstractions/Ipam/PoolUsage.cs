namespace LibNetwork.Ipam;

/// <summary>How much of a pool is used. Counts that do not fit are the largest number there is.</summary>
/// <param name="PoolId">The IPAM driver's name for the pool.</param>
/// <param name="Subnet">The pool's addresses.</param>
/// <param name="InUse">How many are not free: taken by anyone who shares the pool, or never given out, such as the broadcast address.</param>
/// <param name="Available">How many could still be chosen: free, in the range, and not withheld.</param>
public sealed record PoolUsage(string PoolId, Subnet Subnet, ulong InUse, ulong Available)
{
    /// <summary>The part that addresses are handed out of, when it is not all.</summary>
    public Subnet? Range { get; init; }
}
