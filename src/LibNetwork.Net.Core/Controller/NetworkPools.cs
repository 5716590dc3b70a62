using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers;
using LibNetwork.Ipam;

namespace LibNetwork.Controller;

/// <summary>Takes a network's pools, gateways and reserved addresses from IPAM and gives them back.</summary>
internal static class NetworkPools
{
    public static async Task<IReadOnlyList<NetworkPool>> RequestAsync(
        NetworkSpec spec, string subject, INetworkDriver driver, IIpamDriver ipam, UndoStack undo, CancellationToken cancellationToken)
    {
        (bool skipIPv4, bool skipIPv6) = driver is IGatewayAllocationDriver needs
            ? needs.GetGatewayNeeds(spec.Name, spec.Internal, spec.Options)
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
                pools.Add(await RequestPoolAsync(spec, subject, driver, ipam, pool, skipGateway, undo, cancellationToken).ConfigureAwait(false));
            }
        }

        return pools;
    }

    /// <summary>Takes the pools, gateways and reserved addresses again that a network had in an earlier process.</summary>
    public static async Task ReplayAsync(
        NetworkState state, INetworkDriver driver, IIpamDriver ipam, UndoStack undo, CancellationToken cancellationToken)
    {
        foreach (NetworkPool pool in state.Pools)
        {
            IpamPool taken = await ipam.RequestPoolAsync(
                new IpamPoolRequest
                {
                    AddressSpace = AddressSpaceOf(driver, ipam),
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
                .Select(pair => ($"reserved address {pair.Key}", pair.Value));
            foreach ((string purpose, IPAddress address) in pool.Gateway is { } gateway ? held.Prepend(("gateway", gateway)) : held)
            {
                await RequestAsync(state.Name, state.IpamOptions, ipam, taken, address, purpose, [], undo, cancellationToken).ConfigureAwait(false);
            }
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

    private static async Task<NetworkPool> RequestPoolAsync(
        NetworkSpec spec, string subject, INetworkDriver driver, IIpamDriver ipam, PoolSpec wanted, bool skipGateway, UndoStack undo,
        CancellationToken cancellationToken)
    {
        if (wanted is { Gateway: { } asked, Subnet: { PrefixLength: > 0 } given } && !IsUnspecified(given) && !given.Contains(asked))
        {
            throw NetworkException.InvalidArgument(subject, nameof(wanted.Gateway), $"{asked} is not in subnet {given}");
        }

        IpamPool pool = await ipam.RequestPoolAsync(
            new IpamPoolRequest
            {
                AddressSpace = AddressSpaceOf(driver, ipam),
                Family = wanted.Subnet?.Family ?? wanted.Family,
                Pool = wanted.Subnet,
                SubPool = wanted.Range,
                Withheld = wanted.Withheld,
                Holder = HolderOf(spec.Name),
                Exclude = await UsedByHostAsync(driver, wanted, cancellationToken).ConfigureAwait(false),
                Options = spec.IpamOptions,
            },
            cancellationToken).ConfigureAwait(false);
        undo.Push(() => ipam.ReleasePoolAsync(pool.PoolId, CancellationToken.None));

        IPAddress? gateway = await RequestGatewayAsync(spec, ipam, wanted, pool, skipGateway, undo, cancellationToken).ConfigureAwait(false);
        foreach ((string name, IPAddress address) in wanted.Reserved)
        {
            if (!pool.Subnet.Contains(address))
            {
                throw NetworkException.Forbidden(subject, $"reserved address {name} ({address}) is not in subnet {pool.Subnet}");
            }

            if (!address.Equals(gateway))
            {
                await RequestAsync(spec.Name, spec.IpamOptions, ipam, pool, address, $"reserved address {name}", [], undo, cancellationToken).ConfigureAwait(false);
            }
        }

        return new NetworkPool { PoolId = pool.PoolId, Subnet = pool.Subnet, Range = wanted.Range, Withheld = wanted.Withheld, Gateway = gateway, Reserved = wanted.Reserved };
    }

    private static async Task<IPAddress?> RequestGatewayAsync(
        NetworkSpec spec, IIpamDriver ipam, PoolSpec wanted, IpamPool pool, bool skip, UndoStack undo, CancellationToken cancellationToken)
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
        return await RequestAsync(spec.Name, spec.IpamOptions, ipam, pool, wanted.Gateway, "gateway", purpose, undo, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IPAddress?> RequestAsync(
        string networkName, IReadOnlyDictionary<string, string> ipamOptions, IIpamDriver ipam, IpamPool pool, IPAddress? address, string purpose,
        IReadOnlyList<KeyValuePair<string, string>> extra, UndoStack undo, CancellationToken cancellationToken)
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

    private static string HolderOf(string networkName) => $"network \"{networkName}\"";

    private static string AddressSpaceOf(INetworkDriver driver, IIpamDriver ipam)
        => driver.Capabilities.DataScope == NetworkScope.Local ? ipam.LocalAddressSpace : ipam.GlobalAddressSpace;

    private static bool IsUnspecified(Subnet subnet)
        => subnet.BaseAddress.Equals(IPAddress.Any) || subnet.BaseAddress.Equals(IPAddress.IPv6Any);
}
