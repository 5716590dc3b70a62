using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;

namespace LibNetwork.Core.Tests.Ipam;

/// <summary>Address management as simply as it can be said: lists that are searched from the beginning. Small subnets only.</summary>
internal sealed class IpamOracle(IReadOnlyList<DefaultPool> defaults)
{
    /// <summary>What is held, in the order of the requests.</summary>
    public List<Pool> Pools { get; } = [];

    /// <summary>The subnet that a request gets, or <see langword="null"/> when it is refused.</summary>
    public Pool? Request(AddressFamily family, int? size, Subnet? subnet, Subnet? range, IReadOnlyList<AddressRange> withheld)
    {
        if (subnet is { } wanted)
        {
            bool refused = range is null ? Pools.Exists(pool => pool.Subnet.Overlaps(wanted)) : Pools.Exists(pool => pool.Subnet == wanted && pool.Range == range);
            return refused ? null : Hold(wanted, range, withheld);
        }

        foreach (DefaultPool source in defaults.Where(source => source.Base.Family == family && source.Base.PrefixLength <= (size ?? 128))
            .OrderBy(source => source.IsReserve).ThenBy(source => source.Base.BaseAddress.ToString(), StringComparer.Ordinal))
        {
            for (Subnet? block = source.Base.FirstOfSize(size ?? source.PrefixLength); block is { } candidate && source.Base.Contains(candidate); block = candidate.Next())
            {
                if (!Pools.Exists(pool => pool.Subnet.Overlaps(candidate)))
                {
                    return Hold(candidate, range: null, withheld);
                }
            }
        }

        return null;
    }

    /// <summary>Everything in a process's memory is gone, apart from what is held.</summary>
    public void Restart()
    {
        foreach (Addresses addresses in Pools.Select(pool => pool.Addresses))
        {
            addresses.Cursor = -1;
            addresses.Former.Clear();
        }
    }

    private Pool Hold(Subnet subnet, Subnet? range, IReadOnlyList<AddressRange> withheld)
    {
        Pool pool = new(subnet, range, withheld, Pools.Find(other => other.Subnet == subnet)?.Addresses ?? new Addresses());
        Pools.Add(pool);
        return pool;
    }

    public sealed class Addresses
    {
        public SortedDictionary<int, string?> Held { get; } = [];

        public Dictionary<string, int> Former { get; } = [];

        /// <summary>The one that was chosen last.</summary>
        public int Cursor { get; set; } = -1;
    }

    public sealed record Pool(Subnet Subnet, Subnet? Range, IReadOnlyList<AddressRange> Withheld, Addresses Addresses)
    {
        public int Size => (int)Subnet.LastOrdinal + 1;

        public string? PoolId { get; set; }

        public bool IsReserved(int ordinal)
            => Subnet.Family == AddressFamily.InterNetworkV6 ? ordinal == 0 : Subnet.PrefixLength < 31 && (ordinal == 0 || ordinal == Size - 1);

        public int[] Choosable => [.. Enumerable.Range(0, Size).Where(ordinal => !IsReserved(ordinal) && (Range ?? Subnet).Contains(At(ordinal))
            && !Withheld.Any(range => ordinal >= (int)Subnet.OrdinalOf(range.First) && ordinal <= (int)Subnet.OrdinalOf(range.Last)))];

        public IPAddress At(int ordinal) => Subnet.AddressAt((UInt128)ordinal);

        public int? TakeNext(bool serial, string? holder)
        {
            int[] free = [.. Choosable.Where(ordinal => !Addresses.Held.ContainsKey(ordinal))];
            if (holder is not null && Addresses.Former.TryGetValue(holder, out int former) && free.Contains(former))
            {
                Addresses.Held.Add(former, holder);
                return former;
            }

            int? next = serial ? free.Cast<int?>().FirstOrDefault(ordinal => ordinal > Addresses.Cursor) : null;
            next ??= free.Cast<int?>().FirstOrDefault();
            if (next is { } chosen)
            {
                Addresses.Held.Add(chosen, holder);
                Addresses.Cursor = chosen;
            }

            return next;
        }

        public bool Take(int ordinal, string? holder) => !IsReserved(ordinal) && Addresses.Held.TryAdd(ordinal, holder);

        public void Release(int ordinal)
        {
            if (Addresses.Held.Remove(ordinal, out string? holder) && holder is not null)
            {
                Addresses.Former[holder] = ordinal;
            }
        }
    }
}
