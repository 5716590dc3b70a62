using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>The addresses of one subnet: who holds which, and which is next. Not thread safe.</summary>
internal sealed class AddressPool
{
    private readonly AddressRuns _taken = new();
    private readonly Dictionary<UInt128, string> _holders = [];
    private UInt128 _cursor;

    public AddressPool(Subnet subnet)
    {
        Subnet = subnet;
        bool isIPv4 = subnet.Family == AddressFamily.InterNetwork;
        if (isIPv4 && subnet.PrefixLength < 31)
        {
            _taken.Add(0);
            _taken.Add(subnet.LastOrdinal);
            _holders[0] = "the network itself";
            _holders[subnet.LastOrdinal] = "the broadcast address";
        }
        else if (!isIPv4)
        {
            _taken.Add(0);
            _holders[0] = "the subnet-router anycast address (RFC 4291, 2.6.1)";
        }
    }

    public Subnet Subnet { get; }

    /// <summary>Names of the sub-pools that share these addresses; the pool itself is the empty name.</summary>
    public HashSet<string> Users { get; } = [];

    public IPAddress Take(IPAddress address, string? holder)
    {
        if (!Subnet.Contains(address))
        {
            throw NetworkException.InvalidArgument($"pool {Subnet}", "Address", $"{address} is not in the pool");
        }

        UInt128 ordinal = Subnet.OrdinalOf(address);
        if (!_taken.Add(ordinal))
        {
            string by = _holders.GetValueOrDefault(ordinal, "an earlier request");
            throw NetworkException.Conflict($"pool {Subnet}", $"address {address} is held by {by}", by, "ask for another address or release that one");
        }

        Remember(ordinal, holder);
        return address;
    }

    /// <summary>Takes the lowest free address of a range, or the next one in turn.</summary>
    public IPAddress TakeNext(Subnet range, bool serial, string? holder)
    {
        UInt128 first = Subnet.OrdinalOf(range.BaseAddress);
        UInt128 last = first + range.LastOrdinal;
        UInt128? free = serial && _cursor > first && _cursor <= last ? _taken.LowestFree(_cursor, last) : null;
        free ??= _taken.LowestFree(first, last);
        if (free is not { } ordinal)
        {
            throw new NetworkException(NetworkErrorKind.Exhausted, $"pool {range}", $"all {_taken.Count} addresses are taken")
            {
                Remedy = "delete endpoints that are not used, or give the network a larger pool",
            };
        }

        _taken.Add(ordinal);
        _cursor = ordinal + 1;
        Remember(ordinal, holder);
        return Subnet.AddressAt(ordinal);
    }

    public void Release(IPAddress address)
    {
        if (!Subnet.Contains(address))
        {
            throw NetworkException.InvalidArgument($"pool {Subnet}", "Address", $"{address} is not in the pool");
        }

        UInt128 ordinal = Subnet.OrdinalOf(address);
        _taken.Remove(ordinal);
        _holders.Remove(ordinal);
    }

    private void Remember(UInt128 ordinal, string? holder)
    {
        if (holder is not null)
        {
            _holders[ordinal] = holder;
        }
    }
}
