using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Ipam.Host;

/// <summary>
/// The ranges that the host's routes and addresses occupy, and which of them are our own networks'. What is asked at every network
/// creation, the ranges of others, costs their number, not ours. Thread safe.
/// </summary>
internal sealed class HostRanges
{
    // A route as wide as these is a default route in two halves, as VPNs make them; it says nothing about a range in particular.
    private const int WidestIPv4 = 8;
    private const int WidestIPv6 = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<Subnet, HashSet<HostRange>> _ranges = [];
    private readonly Dictionary<IPAddress, HashSet<int>> _addresses = [];   // each address with its links
    private readonly Dictionary<int, HashSet<(Subnet Range, HostRange Reason)>> _links = [];
    private readonly HashSet<Subnet> _foreign = [];                         // the ranges that lie in no pool of ours
    private readonly Dictionary<Subnet, HeldSubnet> _held = [];
    private readonly Dictionary<(AddressFamily Family, int Length), int> _heldSizes = [];
    private readonly HashSet<(Subnet Range, int? Link)> _suspects = [];

    /// <summary>What pools should keep away from, other than each other.</summary>
    public IReadOnlyList<Subnet> Foreign
    {
        get
        {
            lock (_gate)
            {
                return [.. _foreign];
            }
        }
    }

    /// <summary>Takes up what happened to the host's routes and addresses.</summary>
    /// <returns><see langword="false"/> when events were lost and everything must be read anew, for <see cref="Replace"/>.</returns>
    public bool Apply(IEnumerable<RouteEvent> events)
    {
        lock (_gate)
        {
            bool isWhole = true;
            foreach (RouteEvent happened in events)
            {
                isWhole &= happened.Kind != RouteEventKind.Overrun;
                Apply(happened);
            }

            return isWhole;
        }
    }

    /// <summary>Takes up everything anew.</summary>
    public void Replace(IEnumerable<RouteInfo> routes, IEnumerable<AddressInfo> addresses)
    {
        lock (_gate)
        {
            HashSet<(Subnet, HostRange)> gone = [.. _ranges.SelectMany(range => range.Value.Select(reason => (range.Key, reason)))];
            _addresses.Clear();
            foreach (AddressInfo address in addresses)
            {
                LinksOf(address.Address).Add(address.Index);
                gone.Remove((SubnetOf(address), ReasonOf(address)));
                Add(SubnetOf(address), ReasonOf(address));
            }

            foreach (RouteInfo route in routes.Where(IsOccupied))
            {
                gone.Remove((SubnetOf(route), ReasonOf(route)));
                Add(SubnetOf(route), ReasonOf(route));
            }

            foreach ((Subnet range, HostRange reason) in gone)
            {
                Remove(range, reason);
            }
        }
    }

    /// <summary>A pool is ours from now on: what overlaps it already is known to who chose it.</summary>
    public void Hold(HeldPool pool)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(pool.Subnet, out HeldSubnet? held))
            {
                held = new HeldSubnet();
                _held.Add(pool.Subnet, held);
                (AddressFamily, int) size = (pool.Subnet.Family, pool.Subnet.PrefixLength);
                _heldSizes[size] = _heldSizes.GetValueOrDefault(size) + 1;
                foreach (Subnet range in _foreign.Where(range => pool.Subnet.Contains(range)).ToList())
                {
                    _foreign.Remove(range);
                    held.Within.Add(range);
                }
            }

            held.Pools.Add(pool);
            pool.Known.UnionWith(held.Within);
            pool.Known.UnionWith(_foreign.Where(range => range.Contains(pool.Subnet)));
        }
    }

    /// <summary>A pool is ours no more; its link is gone, and with it routes whose removal the kernel does not tell.</summary>
    public void LetGo(HeldPool pool)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(pool.Subnet, out HeldSubnet? held) || !held.Pools.Remove(pool) || held.Pools.Count > 0)
            {
                return;
            }

            _held.Remove(pool.Subnet);
            (AddressFamily, int) size = (pool.Subnet.Family, pool.Subnet.PrefixLength);
            if (--_heldSizes[size] == 0)
            {
                _heldSizes.Remove(size);
            }

            foreach (Subnet range in held.Within.Where(_ranges.ContainsKey).ToList())
            {
                Place(range);
                foreach (HostRange reason in _ranges[range].Where(reason => IsOwn(reason.Link, pool)).ToList())
                {
                    Remove(range, reason);
                }
            }
        }
    }

    /// <summary>Whether anything appeared that may be a collision. The kernel tells an interface's routes before all its addresses.</summary>
    public bool HasSuspects
    {
        get
        {
            lock (_gate)
            {
                return _suspects.Count > 0;
            }
        }
    }

    /// <summary>Whether there is anything to tell, as far as the kernel has told.</summary>
    public bool HasCollisions
    {
        get
        {
            lock (_gate)
            {
                return Collisions().Any();
            }
        }
    }

    /// <summary>What appeared, is still there, overlaps a pool of ours and is not its own link's. Each is told once.</summary>
    public IReadOnlyList<RouteCollision> TakeCollisions()
    {
        lock (_gate)
        {
            List<RouteCollision> collisions = [.. Collisions()];
            _suspects.Clear();
            collisions.RemoveAll(static collision => !collision.Pool.Known.Add(collision.Range));
            return collisions;
        }
    }

    private IEnumerable<RouteCollision> Collisions()
        => from suspect in _suspects
           where _ranges.TryGetValue(suspect.Range, out HashSet<HostRange>? reasons) && reasons.Any(reason => reason.Link == suspect.Link)
           from pool in PoolsAt(suspect.Range)
           where !IsOwn(suspect.Link, pool) && !pool.Known.Contains(suspect.Range)
           select new RouteCollision(pool, suspect.Range, suspect.Link);

    private void Apply(RouteEvent happened)
    {
        switch (happened)
        {
            case { Kind: RouteEventKind.AddressAdded, Address: { } address }:
                LinksOf(address.Address).Add(address.Index);
                Add(SubnetOf(address), ReasonOf(address));
                break;
            case { Kind: RouteEventKind.AddressRemoved, Address: { } address }:
                if (_addresses.TryGetValue(address.Address, out HashSet<int>? links) && links.Remove(address.Index) && links.Count == 0)
                {
                    _addresses.Remove(address.Address);
                }

                Remove(SubnetOf(address), ReasonOf(address));
                if (address.Address.AddressFamily == AddressFamily.InterNetwork)
                {
                    ForgetRoutesWithoutAddress(address.Index);
                }

                break;
            case { Kind: RouteEventKind.RouteReplaced, Route: { } route } when IsOccupied(route):
                List<HostRange> replaced = [.. _ranges.GetValueOrDefault(SubnetOf(route), [])
                    .Where(reason => !reason.IsAddress && reason.Table == route.Table && reason.Metric == route.Metric)];
                Add(SubnetOf(route), ReasonOf(route));   // first, so that the range is never gone
                replaced.Where(reason => reason != ReasonOf(route)).ToList().ForEach(reason => Remove(SubnetOf(route), reason));
                break;
            case { Kind: RouteEventKind.RouteAdded, Route: { } route } when IsOccupied(route):
                Add(SubnetOf(route), ReasonOf(route));
                break;
            case { Kind: RouteEventKind.RouteRemoved, Route: { } route } when IsOccupied(route):
                Remove(SubnetOf(route), ReasonOf(route));
                break;
        }
    }

    /// <summary>The last IPv4 address of a link takes all its IPv4 routes with it, and the kernel does not tell of them.</summary>
    private void ForgetRoutesWithoutAddress(int link)
    {
        if (_links.TryGetValue(link, out HashSet<(Subnet Range, HostRange Reason)>? on))
        {
            List<(Subnet Range, HostRange Reason)> ours = [.. on.Where(static pair => pair.Range.Family == AddressFamily.InterNetwork)];
            if (!ours.Exists(static pair => pair.Reason.IsAddress))
            {
                ours.ForEach(pair => Remove(pair.Range, pair.Reason));
            }
        }
    }

    private void Add(Subnet range, HostRange reason)
    {
        if (range.PrefixLength < (range.Family == AddressFamily.InterNetwork ? WidestIPv4 : WidestIPv6))
        {
            return;
        }

        if (!_ranges.TryGetValue(range, out HashSet<HostRange>? reasons))
        {
            _ranges.Add(range, reasons = []);
            Place(range);
        }

        if (!reasons.Add(reason))
        {
            return;
        }

        if (reason.Link is { } link)
        {
            if (!_links.TryGetValue(link, out HashSet<(Subnet, HostRange)>? on))
            {
                _links.Add(link, on = []);
            }

            on.Add((range, reason));
        }

        if (_held.Count > 0)
        {
            _suspects.Add((range, reason.Link));
        }
    }

    private void Remove(Subnet range, HostRange reason)
    {
        if (!_ranges.TryGetValue(range, out HashSet<HostRange>? reasons) || !reasons.Remove(reason))
        {
            return;
        }

        if (reason.Link is { } link && _links.TryGetValue(link, out HashSet<(Subnet, HostRange)>? on) && on.Remove((range, reason)) && on.Count == 0)
        {
            _links.Remove(link);
        }

        if (reasons.Count > 0)
        {
            return;
        }

        _ranges.Remove(range);
        _foreign.Remove(range);
        HeldAround(range)?.Within.Remove(range);
        foreach (HeldPool pool in PoolsAt(range))
        {
            pool.Known.Remove(range);   // should it come back, that is news again
        }
    }

    private void Place(Subnet range)
    {
        if (HeldAround(range) is { } held)
        {
            held.Within.Add(range);
        }
        else
        {
            _foreign.Add(range);
        }
    }

    /// <summary>The smallest pool of ours that a range lies in.</summary>
    private HeldSubnet? HeldAround(Subnet range)
    {
        foreach (int length in _heldSizes.Keys.Where(size => size.Family == range.Family && size.Length <= range.PrefixLength)
            .Select(size => size.Length).OrderDescending())
        {
            if (_held.TryGetValue(new Subnet(range.BaseAddress, length), out HeldSubnet? held))
            {
                return held;
            }
        }

        return null;
    }

    private IEnumerable<HeldPool> PoolsAt(Subnet range)
        => HeldAround(range) is { } held ? held.Pools : _held.Where(pair => pair.Key.Overlaps(range)).SelectMany(pair => pair.Value.Pools);

    private bool IsOwn(int? link, HeldPool pool)
        => link is { } index && pool.Gateway is { } gateway && _addresses.TryGetValue(gateway, out HashSet<int>? links) && links.Contains(index);

    private HashSet<int> LinksOf(IPAddress address)
    {
        if (!_addresses.TryGetValue(address, out HashSet<int>? links))
        {
            _addresses.Add(address, links = []);
        }

        return links;
    }

    private static bool IsOccupied(RouteInfo route) => route.Type is not (RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast);

    private static Subnet SubnetOf(RouteInfo route) => new(route.Destination.BaseAddress, route.Destination.PrefixLength);

    private static Subnet SubnetOf(AddressInfo address) => new(address.Address, address.PrefixLength);

    private static HostRange ReasonOf(RouteInfo route) => new(route.OutputInterface, route.Table, route.Metric, IsAddress: false);

    private static HostRange ReasonOf(AddressInfo address) => new(address.Index, Table: 0, Metric: 0, IsAddress: true);

    private sealed class HeldSubnet
    {
        public HashSet<HeldPool> Pools { get; } = new(ReferenceEqualityComparer.Instance);

        /// <summary>The ranges that lie in it.</summary>
        public HashSet<Subnet> Within { get; } = [];
    }
}
