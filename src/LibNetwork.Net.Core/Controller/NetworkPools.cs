using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.Ipam.Host;

namespace LibNetwork.Controller;

/// <summary>Takes a network's pools, gateways and reserved addresses from IPAM and gives them back.</summary>
internal sealed class NetworkPools(ControllerServices services, INetworkDriver driver, IIpamDriver ipam, UndoStack undo)
{
    private string AddressSpace => IsLocal ? ipam.LocalAddressSpace : ipam.GlobalAddressSpace;

    private bool IsLocal => driver.Capabilities.DataScope == NetworkScope.Local;

    public async Task<IReadOnlyList<NetworkPool>> RequestAsync(NetworkSpec spec, string subject, CancellationToken cancellationToken)
    {
        (bool skipIPv4, bool skipIPv6) = driver is IGatewayAllocationDriver needs
            ? await needs.GetGatewayNeedsAsync(spec.Name, spec.Internal, spec.Options, cancellationToken).ConfigureAwait(false)
            : (false, false);
        List<NetworkPool> pools = [];
        foreach ((AddressFamily family, bool enabled, bool skipGateway) in new[]
        {
            (AddressFamily.InterNetwork, spec.EnableIPv4, skipIPv4),
            (AddressFamily.InterNetworkV6, spec.EnableIPv6, skipIPv6),
        })
        {
            PoolSpec[] wanted = [.. spec.Pools.Where(pool => (pool.Subnet?.Family ?? pool.Family) == family)];
            if (!enabled)
            {
                if (wanted.Length > 0)
                {
                    throw NetworkException.InvalidArgument(subject, nameof(spec.Pools), $"has a pool of a family that is not enabled: {wanted[0].Subnet}");
                }

                continue;
            }

            foreach (PoolSpec pool in wanted.Length > 0 ? wanted : [new PoolSpec { Family = family }])
            {
                pools.Add(await RequestPoolAsync(spec, subject, pool, skipGateway, cancellationToken).ConfigureAwait(false));
            }
        }

        return pools;
    }

    /// <summary>Takes the pools, gateways and reserved addresses again that a network had in an earlier process, from IPAM drivers that forget.</summary>
    public async Task ReplayAsync(NetworkState state, CancellationToken cancellationToken)
    {
        foreach (NetworkPool pool in state.Pools)
        {
            if (ipam.Capabilities.RequiresReplay)
            {
                await ReplayAsync(state, pool, cancellationToken).ConfigureAwait(false);
            }

            await HoldAsync(state.Name, pool, cancellationToken).ConfigureAwait(false);
        }
    }

    public static async ValueTask ReleaseAsync(IIpamDriver ipam, NetworkPool pool)
    {
        IEnumerable<IPAddress> held = pool.Reserved.Values.Where(pool.Subnet.Contains);
        foreach (IPAddress address in pool.Gateway is { } gateway ? held.Append(gateway) : held)
        {
            await ipam.ReleaseAddressAsync(pool.PoolId, address, CancellationToken.None).ConfigureAwait(false);
        }

        await ipam.ReleasePoolAsync(pool.PoolId, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task ReplayAsync(NetworkState state, NetworkPool pool, CancellationToken cancellationToken)
    {
        IpamPool taken = await ipam.RequestPoolAsync(
            new IpamPoolRequest
            {
                AddressSpace = AddressSpace,
                Family = pool.Subnet.Family,
                Pool = pool.Subnet,
                SubPool = pool.Range,
                Withheld = pool.Withheld,
                Holder = HolderOf(state.Name),
                Since = state.Created,
                Options = state.IpamOptions,
            },
            cancellationToken).ConfigureAwait(false);
        undo.Push(() => ipam.ReleasePoolAsync(taken.PoolId, CancellationToken.None));
        IEnumerable<(string Purpose, IPAddress Address)> held = pool.Reserved.Where(pair => !pair.Value.Equals(pool.Gateway))
            .Select(pair => (PurposeOf(pair.Key), pair.Value));
        foreach ((string purpose, IPAddress address) in pool.Gateway is { } gateway ? held.Prepend(("gateway", gateway)) : held)
        {
            await RequestAddressAsync(state.Name, state.IpamOptions, taken, address, purpose, [], state.Created, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<NetworkPool> RequestPoolAsync(
        NetworkSpec spec, string subject, PoolSpec wanted, bool skipGateway, CancellationToken cancellationToken)
    {
        if (wanted is { Gateway: { } asked, Subnet: { } given } && !IsUnspecified(given) && !given.Contains(asked))
        {
            throw NetworkException.InvalidArgument(subject, nameof(wanted.Gateway), $"{asked} is not in subnet {given}");
        }

        IpamPool taken = await RequestPoolAsync(spec, wanted, cancellationToken).ConfigureAwait(false);
        undo.Push(() => ipam.ReleasePoolAsync(taken.PoolId, CancellationToken.None));
        if (taken.Subnet.Family != (wanted.Subnet?.Family ?? wanted.Family))
        {
            throw new NetworkException(NetworkErrorKind.Internal, subject, $"IPAM driver \"{ipam.Name}\" gave {taken.Subnet}, a pool of the other address family");
        }

        IPAddress? gateway = await RequestGatewayAsync(spec, wanted, taken, skipGateway, cancellationToken).ConfigureAwait(false);
        if (gateway is not null && !taken.Subnet.Contains(gateway))
        {
            throw new NetworkException(NetworkErrorKind.Internal, subject, $"IPAM driver \"{ipam.Name}\" gave gateway {gateway}, which is not in {taken.Subnet}");
        }

        foreach ((string name, IPAddress address) in wanted.Reserved)
        {
            if (!taken.Subnet.Contains(address))
            {
                throw NetworkException.Forbidden(subject, $"{PurposeOf(name)} ({address}) is not in subnet {taken.Subnet}");
            }

            if (!address.Equals(gateway))
            {
                await RequestAddressAsync(spec.Name, spec.IpamOptions, taken, address, PurposeOf(name), [], since: null, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        NetworkPool pool = new()
        {
            PoolId = taken.PoolId,
            Subnet = taken.Subnet,
            Range = wanted.Range,
            Withheld = wanted.Withheld,
            Gateway = gateway,
            Reserved = wanted.Reserved,
        };
        await HoldAsync(spec.Name, pool, cancellationToken).ConfigureAwait(false);
        return pool;
    }

    private async ValueTask<IpamPool> RequestPoolAsync(NetworkSpec spec, PoolSpec wanted, CancellationToken cancellationToken)
    {
        bool isChosen = wanted.Subnet is not { } named || IsUnspecified(named);
        IpamPoolRequest request = new()
        {
            AddressSpace = AddressSpace,
            Family = wanted.Subnet?.Family ?? wanted.Family,
            Pool = wanted.Subnet,
            SubPool = wanted.Range,
            Withheld = wanted.Withheld,
            Holder = HolderOf(spec.Name),
            Exclude = isChosen && IsLocal && services.HostRanges is { } ranges ? await ranges.ReadAvoidedAsync(cancellationToken).ConfigureAwait(false) : [],
            Options = spec.IpamOptions,
        };
        try
        {
            return await ipam.RequestPoolAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException none) when (none.Kind == NetworkErrorKind.Exhausted && request.Exclude.Count > 0 && services.HostRanges is not null)
        {
            // Perhaps some of it is not used any more: the kernel does not tell of every route that goes.
            await services.HostRanges.ReloadAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Subnet> avoided = await services.HostRanges.ReadAvoidedAsync(cancellationToken).ConfigureAwait(false);
            return await ipam.RequestPoolAsync(request with { Exclude = avoided }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IPAddress?> RequestGatewayAsync(
        NetworkSpec spec, PoolSpec wanted, IpamPool pool, bool skip, CancellationToken cancellationToken)
    {
        if (wanted.Gateway is null)
        {
            if (pool.Data.TryGetValue(NetworkLabels.GatewayAddressType, out string? ready))
            {
                return InterfaceAddress.Parse(ready).Address;
            }

            if (skip)
            {
                return null;
            }
        }

        KeyValuePair<string, string>[] purpose = [new(NetworkLabels.RequestAddressType, NetworkLabels.GatewayAddressType)];
        return await RequestAddressAsync(spec.Name, spec.IpamOptions, pool, wanted.Gateway, "gateway", purpose, since: null, cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<IPAddress?> RequestAddressAsync(
        string networkName, IReadOnlyDictionary<string, string> ipamOptions, IpamPool pool, IPAddress? address, string purpose,
        IReadOnlyList<KeyValuePair<string, string>> extra, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        InterfaceAddress? given = await ipam.RequestAddressAsync(
            new IpamAddressRequest
            {
                PoolId = pool.PoolId,
                Address = address,
                Holder = $"the {purpose} of {HolderOf(networkName)}",
                Since = since,
                Options = new Dictionary<string, string>(ipamOptions.Concat(extra)),
            },
            cancellationToken).ConfigureAwait(false);
        if (given is { } taken)
        {
            undo.Push(() => ipam.ReleaseAddressAsync(pool.PoolId, taken.Address, CancellationToken.None));
        }

        return given?.Address;
    }

    /// <summary>From now on a route of others that appears in the pool is a collision. Pools of clusters are not on this host alone.</summary>
    private async ValueTask HoldAsync(string networkName, NetworkPool pool, CancellationToken cancellationToken)
    {
        if (services.HostRanges is { } watch && IsLocal && pool.Subnet.PrefixLength > 0)
        {
            undo.Push(() => watch.LetGo(networkName, pool.PoolId));
            await watch.HoldAsync(new HeldPool(networkName, pool.PoolId, pool.Subnet, pool.Gateway, ipam, AddressSpace), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private static string HolderOf(string networkName) => $"network \"{networkName}\"";

    private static string PurposeOf(string reservedName) => $"reserved address {reservedName}";

    private static bool IsUnspecified(Subnet subnet)
        => subnet.BaseAddress.Equals(IPAddress.Any) || subnet.BaseAddress.Equals(IPAddress.IPv6Any);
}
