using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Ipam;

/// <summary>The pools of one address space and family, which never overlap. Thread safe.</summary>
internal sealed class AddressSpace(string name, IReadOnlyList<DefaultPool> defaults)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Subnet, AddressPool> _pools = [];

    public IpamPool Request(Subnet? wanted, Subnet? sub, AddressFamily family, IReadOnlyList<Subnet> exclude)
    {
        lock (_gate)
        {
            if (wanted is not { } subnet || subnet.BaseAddress.Equals(Unspecified(family)))
            {
                int? prefixLength = wanted is { PrefixLength: > 0 } ? wanted.Value.PrefixLength : null;
                subnet = PickFree(family, prefixLength, exclude);
                sub = null;
            }

            if (sub is { } part && !subnet.Contains(part))
            {
                throw NetworkException.InvalidArgument($"pool {subnet}", "Range", $"{part} is not in the pool");
            }

            string user = sub is null || sub == subnet ? string.Empty : sub.Value.ToString();
            if (_pools.TryGetValue(subnet, out AddressPool? existing) && user.Length > 0 && !existing.Users.Contains(user))
            {
                existing.Users.Add(user);
            }
            else
            {
                if (_pools.Keys.FirstOrDefault(subnet.Overlaps) is { } other && _pools.ContainsKey(other))
                {
                    throw NetworkException.Forbidden(
                        $"pool {subnet}", $"overlaps {other}, which is taken in address space {name}", other.ToString(), "choose another subnet");
                }

                AddressPool pool = new(subnet);
                pool.Users.Add(user);
                _pools.Add(subnet, pool);
            }

            return new IpamPool(user.Length == 0 ? $"{name}/{subnet}" : $"{name}/{subnet}/{user}", subnet);
        }
    }

    public void Release(Subnet subnet, Subnet? sub, string poolId)
    {
        lock (_gate)
        {
            string user = sub?.ToString() ?? string.Empty;
            if (!_pools.TryGetValue(subnet, out AddressPool? pool) || !pool.Users.Remove(user))
            {
                throw NetworkException.InvalidArgument($"pool {poolId}", "PoolId", "is not taken");
            }

            if (pool.Users.Count == 0)
            {
                _pools.Remove(subnet);
            }
        }
    }

    public InterfaceAddress RequestAddress(Subnet subnet, Subnet? sub, IPAddress? wanted, bool serial, string? holder, string poolId)
    {
        lock (_gate)
        {
            AddressPool pool = Find(subnet, poolId);
            IPAddress address = wanted is null ? pool.TakeNext(sub ?? subnet, serial, holder) : pool.Take(wanted, holder);
            return new InterfaceAddress(address, subnet.PrefixLength);
        }
    }

    public void ReleaseAddress(Subnet subnet, IPAddress address, string poolId)
    {
        lock (_gate)
        {
            Find(subnet, poolId).Release(address);
        }
    }

    private static IPAddress Unspecified(AddressFamily family)
        => family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;

    private AddressPool Find(Subnet subnet, string poolId)
        => _pools.TryGetValue(subnet, out AddressPool? pool) ? pool : throw NetworkException.NotFound($"pool {poolId}");

    private Subnet PickFree(AddressFamily family, int? prefixLength, IReadOnlyList<Subnet> exclude)
    {
        foreach (DefaultPool source in defaults)
        {
            int size = prefixLength ?? source.PrefixLength;
            if (source.Base.Family != family || size < source.Base.PrefixLength)
            {
                continue;
            }

            Subnet? candidate = source.Base.FirstOfSize(size);
            while (candidate is { } subnet && source.Base.Contains(subnet))
            {
                if (Blocker(subnet, exclude) is not { } blocker)
                {
                    return subnet;
                }

                // Behind the larger of the two: a big blocker is skipped in one step.
                candidate = blocker.PrefixLength < size ? blocker.Next()?.FirstOfSize(size) : subnet.Next();
            }
        }

        throw new NetworkException(NetworkErrorKind.Exhausted, $"address space {name}", "has no free pool left")
        {
            Remedy = "name a subnet, or delete networks that are not used",
        };
    }

    private Subnet? Blocker(Subnet candidate, IReadOnlyList<Subnet> exclude)
    {
        foreach (Subnet taken in _pools.Keys)
        {
            if (taken.Overlaps(candidate))
            {
                return taken;
            }
        }

        foreach (Subnet reserved in exclude)
        {
            if (reserved.Overlaps(candidate))
            {
                return reserved;
            }
        }

        return null;
    }
}
