using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>The ranges that pools of one family are cut from: by address, the reserve last.</summary>
internal sealed class DefaultPools
{
    private readonly AddressFamily _family;
    private readonly List<(Prefix Base, int Length)> _sources = [];

    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="pools">The ranges; of the other family too. One that overlaps an earlier, larger one is left out.</param>
    public DefaultPools(AddressFamily family, IEnumerable<DefaultPool> pools)
    {
        _family = family;
        List<DefaultPool> kept = [];
        foreach (DefaultPool pool in pools.Where(pool => pool.Base.Family == family)
            .OrderBy(pool => pool.IsReserve).ThenBy(pool => Prefix.Of(pool.Base).Bits).ThenBy(pool => pool.Base.PrefixLength))
        {
            if (pool.PrefixLength < Math.Max(pool.Base.PrefixLength, 1) || pool.PrefixLength > WidthOf(family))
            {
                throw NetworkException.InvalidArgument(
                    $"default pool {pool.Base}", nameof(DefaultPool.PrefixLength), $"/{pool.PrefixLength} cannot be cut from it");
            }

            if (!kept.Exists(earlier => earlier.Base.Overlaps(pool.Base)))
            {
                kept.Add(pool);
            }
        }

        Pools = kept;
        _sources.AddRange(kept.Select(pool => (Prefix.Of(pool.Base), pool.PrefixLength)));
    }

    /// <summary>The ranges in the order in which they are used.</summary>
    public IReadOnlyList<DefaultPool> Pools { get; }

    /// <summary>Whether any range is large enough for a pool of a size.</summary>
    public bool CanCut(int prefixLength) => prefixLength <= WidthOf(_family) && _sources.Exists(source => source.Base.Length <= prefixLength);

    /// <summary>Finds the first free pool.</summary>
    /// <param name="taken">What is taken.</param>
    /// <param name="prefixLength">The size, or that of each range.</param>
    /// <param name="exclude">What the pool must not overlap besides.</param>
    public Subnet? FindFree(PrefixTree taken, int? prefixLength, IReadOnlyList<Subnet> exclude)
    {
        Prefix[] avoided = [.. exclude.Where(subnet => subnet.Family == _family).Select(Prefix.Of)];
        foreach ((Prefix source, int length) in _sources)
        {
            if (prefixLength >= source.Length || prefixLength is null)
            {
                if (FindFree(taken, source, prefixLength ?? length, avoided) is { } free)
                {
                    return free.ToSubnet(_family);
                }
            }
        }

        return null;
    }

    private static Prefix? FindFree(PrefixTree taken, Prefix source, int length, Prefix[] avoided)
    {
        Prefix[] inTheWay = [.. avoided.Where(source.Overlaps)];
        UInt128 from = source.Bits;
        while (taken.FindFree(source, length, from) is { } candidate)
        {
            int index = Array.FindIndex(inTheWay, candidate.Overlaps);
            if (index < 0)
            {
                return candidate;
            }

            UInt128 last = UInt128.Max(candidate.LastBits, inTheWay[index].LastBits);
            if (last >= source.LastBits)
            {
                return null;
            }

            from = last + 1;
        }

        return null;
    }

    private static int WidthOf(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;
}
