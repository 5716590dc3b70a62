using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;

namespace LibNetwork.Controller;

/// <summary>Takes an endpoint's addresses from its network's pools and gives them back.</summary>
internal static class EndpointAddresses
{
    public static async Task<(InterfaceAddress Address, string PoolId)?> RequestAsync(
        Network network, AddressFamily family, EndpointSpec spec, MacAddress? macAddress, UndoStack undo, CancellationToken cancellationToken)
    {
        IPAddress? wanted = family == AddressFamily.InterNetwork ? spec.IPv4Address : spec.IPv6Address;
        string subject = $"endpoint \"{spec.Name}\"";
        string field = family == AddressFamily.InterNetwork ? nameof(spec.IPv4Address) : nameof(spec.IPv6Address);
        if (wanted is not null && wanted.AddressFamily != family)
        {
            throw NetworkException.InvalidArgument(subject, field, $"{wanted} is of the other address family");
        }

        NetworkException? exhausted = null;
        bool asked = false;
        foreach (NetworkPool pool in network.State.Pools.Where(pool => pool.Subnet.Family == family))
        {
            if (wanted is not null && !pool.Subnet.Contains(wanted))
            {
                continue;
            }

            asked = true;
            try
            {
                InterfaceAddress? address = await network.Ipam.RequestAddressAsync(
                    new IpamAddressRequest
                    {
                        PoolId = pool.PoolId,
                        Address = wanted,
                        Holder = HolderOf(spec.Name, network),
                        Options = OptionsOf(network, spec, macAddress),
                    },
                    cancellationToken).ConfigureAwait(false);
                if (address is not { } given)
                {
                    return null;
                }

                undo.Push(() => network.Ipam.ReleaseAddressAsync(pool.PoolId, given.Address, CancellationToken.None));
                return pool.Subnet.Contains(given.Address) && (wanted is null || given.Address.Equals(wanted))
                    ? (given, pool.PoolId)
                    : throw new NetworkException(
                        NetworkErrorKind.Internal, subject, $"IPAM driver \"{network.Ipam.Name}\" gave {given.Address} when asked for {wanted?.ToString() ?? "one"} of {pool.Subnet}");
            }
            catch (NetworkException exception) when (exception.Kind == NetworkErrorKind.Exhausted && wanted is null)
            {
                exhausted = exception;   // the network may have another pool
            }
        }

        if (wanted is not null && !asked)
        {
            throw NetworkException.InvalidArgument(subject, field, $"{wanted} is in no pool of network \"{network.Name}\"");
        }

        return exhausted is null ? null : throw exhausted;
    }

    /// <summary>Takes an address again that an endpoint had in an earlier process.</summary>
    public static async Task ReplayAsync(
        Network network, string poolId, IPAddress address, string endpointName, DateTimeOffset since, UndoStack undo, CancellationToken cancellationToken)
    {
        await TakeAgainAsync(network, poolId, address, endpointName, since, cancellationToken).ConfigureAwait(false);
        undo.Push(() => network.Ipam.ReleaseAddressAsync(poolId, address, CancellationToken.None));
    }

    /// <summary>Takes an address that an endpoint has; one that is the endpoint's already stays so.</summary>
    public static ValueTask<InterfaceAddress?> TakeAgainAsync(
        Network network, string poolId, IPAddress address, string endpointName, DateTimeOffset since, CancellationToken cancellationToken)
        => network.Ipam.RequestAddressAsync(
            new IpamAddressRequest
            {
                PoolId = poolId,
                Address = address,
                Holder = HolderOf(endpointName, network),
                Since = since,
                Options = network.State.IpamOptions,
            },
            cancellationToken);

    /// <summary>Gives an address back.</summary>
    public static async ValueTask ReleaseAsync(Network network, string poolId, IPAddress address)
    {
        if (!network.SharesPool(poolId))
        {
            await network.Ipam.ReleaseAddressAsync(poolId, address, CancellationToken.None).ConfigureAwait(false);
        }
        else if (network.IsInCluster)   // otherwise it is bound to the holding of an earlier process, and goes with that, or went with the network
        {
            try
            {
                await network.Ipam.ReleaseAddressAsync(poolId, address, CancellationToken.None).ConfigureAwait(false);
            }
            catch (NetworkException lost) when (lost.Kind is NetworkErrorKind.NotFound or NetworkErrorKind.Forbidden or NetworkErrorKind.Unavailable)
            {
                // It is another's, or nobody's, since this host was away for too long; or this process has held nothing yet.
            }
        }
    }

    /// <summary>Says who holds an address from now on, where somebody keeps that.</summary>
    public static ValueTask RenameAsync(Network network, string poolId, IPAddress address, string endpointName, CancellationToken cancellationToken)
        => network.Ipam is IIpamHolderDriver driver
            ? driver.RenameHolderAsync(poolId, address, HolderOf(endpointName, network), cancellationToken)
            : ValueTask.CompletedTask;

    private static string HolderOf(string endpointName, Network network) => $"endpoint \"{endpointName}\" on network \"{network.Name}\"";

    private static Dictionary<string, string> OptionsOf(Network network, EndpointSpec spec, MacAddress? macAddress)
    {
        Dictionary<string, string> options = new(network.State.IpamOptions) { [NetworkLabels.EndpointName] = spec.Name };
        if (network.Ipam.Capabilities.RequiresMacAddress && macAddress is { } mac)
        {
            options[NetworkLabels.MacAddress] = mac.ToString();
        }

        return options;
    }
}
