using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>The pools of one address space and family. Thread safe; addresses are taken without its lock.</summary>
internal sealed class AddressSpace
{
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly AddressFamily _family;
    private readonly DefaultPools _defaults;
    private readonly TimeProvider _time;
    private readonly PrefixTree _taken = new();
    private readonly Dictionary<Subnet, List<PoolShare>> _pools = [];
    private readonly ConcurrentDictionary<string, PoolShare> _shares;

    /// <param name="name">The name.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="defaults">Where pools come from when nobody names one; of the other family too.</param>
    /// <param name="shares">Where each pool is found by its name; other spaces put theirs there too.</param>
    /// <param name="time">The clock.</param>
    public AddressSpace(
        string name, AddressFamily family, IEnumerable<DefaultPool> defaults, ConcurrentDictionary<string, PoolShare> shares, TimeProvider time)
    {
        _name = name;
        _shares = shares;
        _family = family;
        _defaults = new DefaultPools(family, defaults);
        _time = time;
    }

    private string Subject => $"address space {_name}";

    private string FamilyName => _family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    /// <summary>Takes a pool: a subnet, or a range of one, given or chosen.</summary>
    public PoolShare Request(IpamPoolRequest request)
    {
        lock (_gate)
        {
            return Add(Propose(request), request);
        }
    }

    /// <summary>Takes a subnet, or a range of one.</summary>
    public PoolShare Take(Subnet subnet, IpamPoolRequest request)
    {
        lock (_gate)
        {
            return Add(UnlessTaken(Name(subnet, request)), request);
        }
    }

    /// <summary>Says which pool a request would get now, and takes nothing.</summary>
    public PoolId Propose(IpamPoolRequest request)
    {
        lock (_gate)
        {
            return Named(request) is { } id ? UnlessTaken(id) : Choose(request);
        }
    }

    /// <summary>Which pool a request names; <see langword="null"/> when it leaves the choice to us.</summary>
    public PoolId? Named(IpamPoolRequest request) => request.Pool is { } subnet && !IsUnspecified(subnet) ? Name(subnet, request) : null;

    /// <summary>Takes a pool of which somebody else has decided that it may be taken.</summary>
    public PoolShare Adopt(PoolId id, IpamPoolRequest request)
    {
        lock (_gate)
        {
            return Add(id, request);
        }
    }

    /// <summary>Gives a pool back. Its addresses are free when nobody has a range of it.</summary>
    /// <returns><see langword="false"/> when nobody has it.</returns>
    public bool TryRelease(string name)
    {
        lock (_gate)
        {
            if (!_shares.TryRemove(name, out PoolShare? share))
            {
                return false;
            }

            Subnet subnet = share.Id.Subnet;
            List<PoolShare> sharers = _pools[subnet];
            sharers.Remove(share);
            share.Pool.End(share);
            if (sharers.Count == 0)
            {
                _pools.Remove(subnet);
                _taken.Remove(Prefix.Of(subnet));
            }

            return true;
        }
    }

    private PoolId Name(Subnet subnet, IpamPoolRequest request) => new(_name, subnet, RangeOf(subnet, request.SubPool));

    /// <summary>Refuses a pool that somebody has.</summary>
    /// <remarks>
    /// A subnet that is wanted whole must not overlap another. One of which only a range is wanted may: its networks share wires, not
    /// addresses, and whoever routes between them refuses what cannot work.
    /// </remarks>
    private PoolId UnlessTaken(PoolId id)
    {
        PoolShare? holder = id.Range is null
            ? _taken.FindOverlap(Prefix.Of(id.Subnet)) is { } other ? _pools[other.ToSubnet(_family)][0] : null
            : _shares.GetValueOrDefault(id.ToString());
        return holder is null ? id : throw Overlaps(id, holder);
    }

    private PoolId Choose(IpamPoolRequest request)
    {
        if (request.SubPool is { } range)
        {
            throw NetworkException.InvalidArgument($"pool {range}", "Range", "needs a subnet that it is a part of");
        }

        int? prefixLength = request.Pool is { PrefixLength: > 0 } sized ? sized.PrefixLength : null;
        if (prefixLength is { } size && !_defaults.CanCut(size))
        {
            throw NetworkException.InvalidArgument($"pool {request.Pool}", "Subnet", $"is larger than every range of {FamilyName} pools in {Subject}");
        }

        return _defaults.FindFree(_taken, prefixLength, request.Exclude) is { } subnet
            ? new PoolId(_name, subnet, Range: null)
            : throw NoneLeft(request);
    }

    private PoolShare Add(PoolId id, IpamPoolRequest request)
    {
        if (!_pools.TryGetValue(id.Subnet, out List<PoolShare>? sharers))
        {
            sharers = [];
        }

        PoolShare share = new(id, sharers.Count > 0 ? sharers[0].Pool : new AddressPool(id.Subnet, _time), request, _time);
        if (sharers.Count == 0)
        {
            _pools.Add(id.Subnet, sharers);
            _taken.Add(Prefix.Of(id.Subnet));
        }

        sharers.Add(share);
        _shares[share.Name] = share;
        return share;
    }

    private Subnet? RangeOf(Subnet subnet, Subnet? range)
    {
        if (range is not { } part)
        {
            return null;
        }

        return part.Family == _family && part.Overlaps(subnet)
            ? part.PrefixLength > subnet.PrefixLength ? part : null   // a range as large as the pool is the pool
            : throw NetworkException.InvalidArgument($"pool {subnet}", "Range", $"{part} is not in the pool");
    }

    private NetworkException Overlaps(PoolId wanted, PoolShare holder)
    {
        string what = $"{holder.Id.Range ?? holder.Id.Subnet}" + (holder.Holder is null ? string.Empty : $" of {holder.Holder}");
        return new NetworkException(
            NetworkErrorKind.Forbidden, $"pool {wanted.Range ?? wanted.Subnet}", $"overlaps {what}, which is taken in {Subject}")
        {
            Reason = NetworkErrorReason.PoolOverlaps,
            Holder = holder.Holder ?? holder.Id.Subnet.ToString(),
            Remedy = "choose another subnet",
        };
    }

    private NetworkException NoneLeft(IpamPoolRequest request)
    {
        HolderList holders = new();
        foreach (PoolShare share in _pools.Values.SelectMany(static sharers => sharers))
        {
            holders.Total++;
            if (holders.Wants(share.Since))
            {
                holders.Add($"{share.Id.Subnet}", share.Holder, share.Since);
            }
        }

        string text = holders.Describe(_time.GetUtcNow());
        string size = request.Pool is { PrefixLength: > 0 } sized ? $" of size /{sized.PrefixLength}" : string.Empty;
        string host = request.Exclude.Any(subnet => subnet.Family == _family) ? " beside the host's own routes" : string.Empty;
        return new NetworkException(
            NetworkErrorKind.Exhausted,
            Subject,
            $"has no free {FamilyName} pool{size} left{host}" + (holders.Total == 0 ? string.Empty : $"; the oldest are {text}"))
        {
            Reason = NetworkErrorReason.PoolsExhausted,
            Holder = holders.Total == 0 ? null : text,
            Remedy = "name a subnet, delete networks that are not used, or add default pools",
        };
    }

    private static bool IsUnspecified(Subnet subnet)
        => subnet.BaseAddress.Equals(IPAddress.Any) || subnet.BaseAddress.Equals(IPAddress.IPv6Any);
}
