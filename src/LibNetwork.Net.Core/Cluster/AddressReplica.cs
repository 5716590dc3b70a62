using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>
/// Pools and addresses of the cluster as the store has them, a little late: what this node proposes by. A proposal may be wrong; the store
/// decides. Not thread safe, apart from the pools themselves.
/// </summary>
internal sealed class AddressReplica
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedPool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedSubnet> _subnets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PoolShare> _shares = new(StringComparer.Ordinal);
    private readonly AddressSpace _ipv4;
    private readonly AddressSpace _ipv6;
    private readonly string _space;

    public AddressReplica(string space, TimeProvider time)
    {
        _space = space;
        _ipv4 = new AddressSpace(space, AddressFamily.InterNetwork, BuiltInPools.Global, _shares, time);
        _ipv6 = new AddressSpace(space, AddressFamily.InterNetworkV6, [], _shares, time);
    }

    /// <summary>The node whose holders are named without it.</summary>
    public string? Self { get; set; }

    /// <summary>All changes up to here are known; of this revision perhaps not all.</summary>
    public long Revision { get; private set; }

    public AddressSpace Space(AddressFamily family) => family == AddressFamily.InterNetwork ? _ipv4 : _ipv6;

    public SharedPool? FindPool(string poolId) => _pools.GetValueOrDefault(poolId);

    public Entry? Find(string key) => _entries.GetValueOrDefault(key) is { Hold: not null } entry ? entry : null;

    /// <summary>All pools of a pool's subnet, which share its addresses.</summary>
    public IReadOnlyList<SharedPool> PoolsOf(PoolId pool) => _subnets.GetValueOrDefault(ClusterKeys.AddressesOf(pool))?.Pools ?? [];

    /// <summary>The keys of the addresses of a pool's subnet that a node has.</summary>
    public IEnumerable<string> AddressesOf(PoolId pool, string node)
        => _subnets.GetValueOrDefault(ClusterKeys.AddressesOf(pool))?.Addresses.Where(key => Find(key)?.Hold?.Node == node) ?? [];

    /// <summary>What a node has under a holding.</summary>
    public IEnumerable<(string Key, Entry Entry)> Under(string holding)
        => _entries.Where(pair => pair.Value.Hold?.Holding == holding).Select(static pair => (pair.Key, pair.Value));

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        HashSet<string> there = [.. entries.Select(static entry => entry.Key)];
        foreach ((string key, Entry entry) in _entries.Where(pair => !there.Contains(pair.Key) && pair.Value.Revision <= revision).ToArray())
        {
            Remove(key, entry);
            _entries.Remove(key);
        }

        // Addresses come before pools in the order of keys, and are taken from a pool once it is there.
        foreach (StoreEntry entry in entries)
        {
            Set(entry.Key, entry.Value, entry.Revision);
        }

        Revision = Math.Max(Revision, revision);
    }

    public void Apply(StoreChange change)
    {
        if (change.Value is { } value)
        {
            Set(change.Key, value, change.Revision);
        }
        else if (_entries.TryGetValue(change.Key, out Entry? known) && known.Revision <= change.Revision)
        {
            Remove(change.Key, known);
            _entries.Remove(change.Key);
        }

        Revision = Math.Max(Revision, change.Revision);
    }

    /// <summary>Takes what the store said of one key before the changes that led to it have come.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value; <see langword="null"/> when it was deleted.</param>
    /// <param name="revision">The revision that wrote or deleted it.</param>
    public void Learn(string key, ReadOnlyMemory<byte>? value, long revision)
    {
        if (revision < Revision)
        {
            return;   // all that happened to the key up to there is known, and perhaps more
        }

        if (value is { } text)
        {
            Set(key, text, revision);
        }
        else if (_entries.GetValueOrDefault(key) is not { } known || known.Revision < revision)
        {
            // Stays until the change itself comes, so that an older one does not bring the key back.
            Remove(key, _entries.GetValueOrDefault(key));
            _entries[key] = new Entry(revision, Hold: null);
        }
    }

    /// <summary>Takes what the store said of a key that is not there any more.</summary>
    /// <param name="key">The key.</param>
    /// <param name="revision">What was thought to be there.</param>
    public void Forget(string key, long revision)
    {
        if (Find(key) is { } known && known.Revision == revision)
        {
            Remove(key, known);
            _entries.Remove(key);
        }
    }

    /// <summary>An attempt to take an address has ended: what proposals go by is what the store has.</summary>
    public void Settle(SharedPool pool, string key, UInt128 ordinal)
    {
        if (Find(key) is null && !pool.Share.IsReleased)
        {
            pool.Share.Pool.Release(pool.Share, ordinal);
        }
    }

    private void Set(string key, ReadOnlyMemory<byte> value, long revision)
    {
        Entry? known = _entries.GetValueOrDefault(key);
        if (known is not null && known.Revision >= revision)
        {
            return;
        }

        if (ClusterKeys.TryParsePool(key, out PoolId pool, out _) && pool.Space == _space)
        {
            HoldRecord hold = ClusterRecords.ReadHold(value);
            _entries[key] = new Entry(revision, hold);
            Hold(pool, key, hold);
        }
        else if (ClusterKeys.TryParseAddress(key, out PoolId subnet, out IPAddress address) && subnet.Space == _space)
        {
            HoldRecord hold = ClusterRecords.ReadHold(value);
            _entries[key] = new Entry(revision, hold);
            SharedSubnet shared = SubnetOf(subnet);
            shared.Addresses.Add(key);
            if (shared.Pools.Count > 0)
            {
                Mark(shared.Pools[0], address, hold);
            }
        }
    }

    private void Hold(PoolId id, string key, HoldRecord hold)
    {
        if (!_pools.TryGetValue(id.ToString(), out SharedPool? pool))
        {
            pool = new SharedPool(Space(id.Subnet.Family).Adopt(id, new IpamPoolRequest
            {
                AddressSpace = _space,
                Withheld = Ranges(hold, id.Subnet),
                Holder = hold.TextOn(Self),
                Since = hold.Since,
            }));
            _pools.Add(pool.Name, pool);
            SharedSubnet shared = SubnetOf(id);
            shared.Pools.Add(pool);
            foreach (string address in shared.Addresses)
            {
                if (ClusterKeys.TryParseAddress(address, out _, out IPAddress taken) && Find(address) is { Hold: { } holder })
                {
                    Mark(pool, taken, holder);
                }
            }
        }

        pool.Keys.Add(key);
    }

    private static AddressRange[] Ranges(HoldRecord hold, Subnet subnet)
        => [.. (hold.Withheld ?? []).Select(static text => AddressRange.TryParse(text, out AddressRange range) ? range : (AddressRange?)null)
            .OfType<AddressRange>().Where(range => subnet.Contains(range.First) && subnet.Contains(range.Last))];

    private void Mark(SharedPool pool, IPAddress address, HoldRecord hold)
    {
        UInt128 ordinal = pool.Share.Id.Subnet.OrdinalOf(address);
        if (!pool.Share.Pool.TryTake(pool.Share, ordinal, hold.TextOn(Self), hold.Since, out _))
        {
            // This node has proposed it, and somebody is faster; or it changes hands.
            pool.Share.Pool.Release(pool.Share, ordinal);
            pool.Share.Pool.TryTake(pool.Share, ordinal, hold.TextOn(Self), hold.Since, out _);
        }
    }

    private void Remove(string key, Entry? known)
    {
        if (known?.Hold is null)
        {
            return;
        }

        if (ClusterKeys.TryParseAddress(key, out PoolId subnet, out IPAddress address))
        {
            SharedSubnet shared = SubnetOf(subnet);
            shared.Addresses.Remove(key);
            if (shared.Pools.Count > 0)
            {
                shared.Pools[0].Share.Pool.Release(shared.Pools[0].Share, subnet.Subnet.OrdinalOf(address));
            }

            Forget(subnet, shared);
        }
        else if (ClusterKeys.TryParsePool(key, out PoolId id, out _) && _pools.TryGetValue(id.ToString(), out SharedPool? held))
        {
            held.Keys.Remove(key);
            if (held.Keys.Count == 0)
            {
                _pools.Remove(held.Name);
                Space(id.Subnet.Family).TryRelease(held.Name);
                SharedSubnet shared = SubnetOf(id);
                shared.Pools.Remove(held);
                Forget(id, shared);
            }
        }
    }

    private SharedSubnet SubnetOf(PoolId pool)
    {
        string prefix = ClusterKeys.AddressesOf(pool);
        if (!_subnets.TryGetValue(prefix, out SharedSubnet? subnet))
        {
            _subnets[prefix] = subnet = new SharedSubnet([], new HashSet<string>(StringComparer.Ordinal));
        }

        return subnet;
    }

    private void Forget(PoolId pool, SharedSubnet subnet)
    {
        if (subnet is { Pools.Count: 0, Addresses.Count: 0 })
        {
            _subnets.Remove(ClusterKeys.AddressesOf(pool));
        }
    }

    /// <summary>What is known of a key.</summary>
    /// <param name="Revision">Which revision wrote it, or deleted it.</param>
    /// <param name="Hold">Who holds it; <see langword="null"/>: it was deleted.</param>
    internal sealed record Entry(long Revision, HoldRecord? Hold);

    /// <summary>The pools of one subnet, which share its addresses, and the keys of those that are held.</summary>
    private sealed record SharedSubnet(List<SharedPool> Pools, HashSet<string> Addresses);
}
