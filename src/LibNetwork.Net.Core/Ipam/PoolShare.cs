using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>What a pool's name stands for: a subnet's addresses, and the ranges that are handed out of it. Thread safe.</summary>
internal sealed class PoolShare
{
    private readonly TimeProvider _time;
    private readonly OrdinalRange[] _ranges;

    public PoolShare(PoolId id, AddressPool pool, IpamPoolRequest request, TimeProvider time)
    {
        _time = time;
        Id = id;
        Name = id.ToString();
        Pool = pool;
        Holder = request.Holder;
        Since = request.Since ?? time.GetUtcNow();
        _ranges = pool.Usable is { } usable && Clip(OrdinalsOf(id.Range ?? pool.Subnet), usable) is { } whole
            ? OrdinalRange.Without(whole, request.Withheld.Select(OrdinalsOf))
            : [];
    }

    public PoolId Id { get; }

    public string Name { get; }

    public AddressPool Pool { get; }

    /// <summary>Who holds the pool.</summary>
    public string? Holder { get; }

    public DateTimeOffset Since { get; }

    /// <summary>Whether the pool was given back; the pool's own lock guards it.</summary>
    public bool IsReleased { get; set; }

    private Subnet Subnet => Pool.Subnet;

    private string FamilyName => Subnet.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    /// <summary>Takes an address.</summary>
    /// <param name="address">Which.</param>
    /// <param name="holder">The name of who will hold it.</param>
    /// <param name="since">Since when; by default from now on.</param>
    public InterfaceAddress Take(IPAddress address, string? holder, DateTimeOffset? since = null)
    {
        UInt128 ordinal = OrdinalOf(address);
        if (!Pool.TryTake(this, ordinal, holder, since ?? _time.GetUtcNow(), out string? heldBy))
        {
            string by = heldBy ?? "an earlier request";
            throw new NetworkException(NetworkErrorKind.Conflict, $"pool {Subnet}", $"address {address} is held by {by}")
            {
                Reason = NetworkErrorReason.AddressInUse,
                Holder = by,
                Remedy = "ask for another address or release that one",
            };
        }

        return new InterfaceAddress(address, Subnet.PrefixLength);
    }

    /// <summary>Takes any address that is free.</summary>
    public InterfaceAddress TakeNext(bool serial, string? holder)
        => Pool.TryTakeNext(this, _ranges, serial, holder, out UInt128 ordinal)
            ? new InterfaceAddress(Subnet.AddressAt(ordinal), Subnet.PrefixLength)
            : throw Full();

    public void Rename(IPAddress address, string holder) => Pool.Rename(this, OrdinalOf(address), holder);

    /// <summary>Refuses an address that is not in the pool.</summary>
    public IPAddress Checked(IPAddress address)
    {
        OrdinalOf(address);
        return address;
    }

    public void Release(IPAddress address) => Pool.Release(this, OrdinalOf(address));

    public PoolUsage Usage() => new(Name, Subnet, Pool.InUse, (ulong)UInt128.Min(Pool.CountFree(_ranges), ulong.MaxValue)) { Range = Id.Range };

    public void ThrowIfReleased()
    {
        if (IsReleased)
        {
            throw NetworkException.NotFound($"pool {Name}");
        }
    }

    private static OrdinalRange? Clip(OrdinalRange range, OrdinalRange bounds)
    {
        UInt128 first = UInt128.Max(range.First, bounds.First);
        UInt128 last = UInt128.Min(range.Last, bounds.Last);
        return first <= last ? new OrdinalRange(first, last) : null;
    }

    private OrdinalRange OrdinalsOf(Subnet range)
    {
        UInt128 first = Subnet.OrdinalOf(range.BaseAddress);
        return new OrdinalRange(first, first + range.LastOrdinal);
    }

    private OrdinalRange OrdinalsOf(AddressRange range) => new(OrdinalOf(range.First), OrdinalOf(range.Last));

    private UInt128 OrdinalOf(IPAddress address)
        => Subnet.Contains(address)
            ? Subnet.OrdinalOf(address)
            : throw new NetworkException(NetworkErrorKind.InvalidArgument, $"pool {Subnet}", $"Address {address} is not in the pool")
            {
                Field = "Address",
                Reason = NetworkErrorReason.AddressOutsidePool,
            };

    private NetworkException Full()
    {
        HolderList holders = Pool.Holders();
        string text = holders.Describe(_time.GetUtcNow());
        return new NetworkException(
            NetworkErrorKind.Exhausted,
            $"pool {Id.Range ?? Subnet}",
            holders.Total == 0 ? $"has no {FamilyName} address to give" : $"every {FamilyName} address is taken; the oldest are {text}")
        {
            Reason = NetworkErrorReason.AddressesExhausted,
            Holder = holders.Total == 0 ? null : text,
            Remedy = "delete endpoints that are not used, or give the network a larger pool",
        };
    }
}
