using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>The addresses of one subnet, by their distance from the first: who holds which, and which is next. Thread safe.</summary>
internal sealed class AddressPool
{
    private const int MaxAgesCompared = 1 << 16;   // an error about a full /8 must not take as long as filling it

    private readonly Lock _gate = new();
    private readonly AddressTree _taken = new();
    private readonly FormerHolders _former = new();
    private readonly TimeProvider _time;
    private UInt128 _cursor;   // behind the one that was chosen last

    public AddressPool(Subnet subnet, TimeProvider time)
    {
        Subnet = subnet;
        _time = time;
        bool isIPv4 = subnet.Family == AddressFamily.InterNetwork;
        bool hasEnds = !isIPv4 || subnet.PrefixLength < 31;
        HasBroadcast = isIPv4 && hasEnds;
        HasNetwork = hasEnds;
    }

    public Subnet Subnet { get; }

    /// <summary>The first address is the network's own, or in IPv6 that of any of its routers (RFC 4291, 2.6.1), and never given out.</summary>
    private bool HasNetwork { get; }

    /// <summary>The last address is for all on the network, and never given out.</summary>
    private bool HasBroadcast { get; }

    /// <summary>Everything that can be given out; <see langword="null"/> for an IPv6 pool of one address, which has none.</summary>
    public OrdinalRange? Usable
    {
        get
        {
            UInt128 first = HasNetwork ? UInt128.One : UInt128.Zero;
            UInt128 last = Subnet.LastOrdinal - (HasBroadcast ? UInt128.One : UInt128.Zero);
            return first <= last ? new OrdinalRange(first, last) : null;
        }
    }

    /// <summary>How many addresses are not free, counting those that are never given out.</summary>
    public ulong InUse
    {
        get
        {
            lock (_gate)
            {
                return _taken.Count + (HasNetwork ? 1u : 0u) + (HasBroadcast ? 1u : 0u);
            }
        }
    }

    /// <summary>Takes an address.</summary>
    /// <param name="share">Whoever asks; its pool may be on its way back.</param>
    /// <param name="ordinal">Which address.</param>
    /// <param name="holder">The name of who will hold it.</param>
    /// <param name="since">Since when.</param>
    /// <param name="heldBy">Who holds it already.</param>
    /// <returns><see langword="false"/> when it is taken.</returns>
    public bool TryTake(PoolShare share, UInt128 ordinal, string? holder, DateTimeOffset since, out string? heldBy)
    {
        lock (_gate)
        {
            share.ThrowIfReleased();
            heldBy = ReservedFor(ordinal);
            if (heldBy is null && _taken.Add(ordinal, holder, Seconds(since)))
            {
                return true;
            }

            heldBy ??= _taken.HolderOf(ordinal);
            return false;
        }
    }

    /// <summary>Takes an address of some ranges: the one that the holder had last, or the lowest that is free, or the next in turn.</summary>
    /// <param name="share">Whoever asks; its pool may be on its way back.</param>
    /// <param name="ranges">Where from, in ascending order.</param>
    /// <param name="serial">In turn: behind the one that was chosen last.</param>
    /// <param name="holder">The name of who will hold it.</param>
    /// <param name="ordinal">What was taken.</param>
    /// <returns><see langword="false"/> when none is free.</returns>
    public bool TryTakeNext(PoolShare share, ReadOnlySpan<OrdinalRange> ranges, bool serial, string? holder, out UInt128 ordinal)
    {
        lock (_gate)
        {
            share.ThrowIfReleased();
            if (holder is not null && _former.TryFind(holder, out ordinal) && Contains(ranges, ordinal) && _taken.Add(ordinal, holder, Seconds(_time.GetUtcNow())))
            {
                return true;
            }

            if (!(serial && TryFindFree(ranges, _cursor, out ordinal)) && !TryFindFree(ranges, UInt128.Zero, out ordinal))
            {
                return false;
            }

            _taken.Add(ordinal, holder, Seconds(_time.GetUtcNow()));
            _cursor = ordinal + 1;
            return true;
        }
    }

    /// <summary>Says who holds an address; one that is free is left alone.</summary>
    public void Rename(PoolShare share, UInt128 ordinal, string holder)
    {
        lock (_gate)
        {
            share.ThrowIfReleased();
            _taken.Rename(ordinal, holder);
        }
    }

    /// <summary>Gives an address back; one that is free or never given out is left alone.</summary>
    public void Release(PoolShare share, UInt128 ordinal)
    {
        lock (_gate)
        {
            share.ThrowIfReleased();
            if (_taken.Remove(ordinal, out string? holder) && holder is not null)
            {
                _former.Remember(holder, ordinal);
            }
        }
    }

    /// <summary>Ends a share, after the last request that is under way.</summary>
    public void End(PoolShare share)
    {
        lock (_gate)
        {
            share.IsReleased = true;
        }
    }

    /// <summary>How many addresses of some ranges are free.</summary>
    public UInt128 CountFree(ReadOnlySpan<OrdinalRange> ranges)
    {
        UInt128 free = 0;
        lock (_gate)
        {
            foreach (OrdinalRange range in ranges)
            {
                free += range.Last - range.First - _taken.CountBetween(range.First, range.Last) + 1;
            }
        }

        return free;
    }

    /// <summary>Says who holds addresses the longest, and since when.</summary>
    public HolderList Holders()
    {
        HolderList list = new();
        lock (_gate)
        {
            int compared = 0;
            _taken.Visit((ordinal, holder, since) =>
            {
                if (list.Wants(DateTimeOffset.FromUnixTimeSeconds(since)))
                {
                    list.Add($"{Subnet.AddressAt(ordinal)}", holder, DateTimeOffset.FromUnixTimeSeconds(since));
                }

                return ++compared < MaxAgesCompared;
            });
            list.Total = _taken.Count;
        }

        return list;
    }

    private static bool Contains(ReadOnlySpan<OrdinalRange> ranges, UInt128 ordinal)
    {
        foreach (OrdinalRange range in ranges)
        {
            if (range.Contains(ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFindFree(ReadOnlySpan<OrdinalRange> ranges, UInt128 from, out UInt128 free)
    {
        foreach (OrdinalRange range in ranges)
        {
            if (from <= range.Last && _taken.TryFindFree(UInt128.Max(from, range.First), range.Last, out free))
            {
                return true;
            }
        }

        free = 0;
        return false;
    }

    private string? ReservedFor(UInt128 ordinal)
        => HasNetwork && ordinal == 0 ? (HasBroadcast ? "the network itself" : "the subnet-router anycast address (RFC 4291, 2.6.1)")
            : HasBroadcast && ordinal == Subnet.LastOrdinal ? "the broadcast address"
            : null;

    private static uint Seconds(DateTimeOffset time) => (uint)time.ToUnixTimeSeconds();
}
