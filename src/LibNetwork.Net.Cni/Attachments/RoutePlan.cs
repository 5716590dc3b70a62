using System.Net;
using System.Net.Sockets;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Results;

namespace LibNetwork.Cni.Attachments;

/// <summary>The routes of a configuration: which are default routes, which are others.</summary>
internal sealed class RoutePlan
{
    private readonly List<(Subnet Destination, IPAddress? Router)> _routes;
    private readonly bool _isDefaultGateway;

    private RoutePlan(List<(Subnet Destination, IPAddress? Router)> routes, bool isDefaultGateway)
    {
        _routes = routes;
        _isDefaultGateway = isDefaultGateway;
    }

    /// <summary>The routes that lead to a part of the world, as the bridge driver's label has them.</summary>
    public string Label => string.Join(
        ",", _routes.Where(static route => route.Destination.PrefixLength > 0)
            .Select(static route => route.Router is null ? $"{route.Destination}" : $"{route.Destination} via {route.Router}"));

    /// <exception cref="CniException"><see cref="CniErrorCode.InvalidConfiguration"/>: a route is not valid.</exception>
    public static RoutePlan Of(NetworkConfiguration configuration)
        => new([.. (configuration.Ipam?.Routes ?? []).Select(Parse)], configuration.IsDefaultGateway);

    /// <summary>Whether the network is the containers' way out in a family.</summary>
    public bool HasDefault(AddressFamily family) => _isDefaultGateway || DefaultsOf(family).Any();

    /// <summary>The router of the default route; <see langword="null"/> for the network's gateway.</summary>
    public IPAddress? DefaultRouter(AddressFamily family) => DefaultsOf(family).FirstOrDefault(static route => route.Router is not null).Router;

    /// <summary>The routes as a result has them, in the families that the network has.</summary>
    public IEnumerable<ResultRoute> ToResult(IReadOnlyList<NetworkPool> pools)
    {
        foreach ((Subnet destination, IPAddress? router) in _routes)
        {
            if (pools.Any(pool => pool.Subnet.Family == destination.Family))
            {
                yield return new ResultRoute { Dst = destination.ToString(), Gw = router?.ToString() };
            }
        }

        foreach (NetworkPool pool in pools.Where(pool => _isDefaultGateway && !DefaultsOf(pool.Subnet.Family).Any()))
        {
            IPAddress any = pool.Subnet.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
            yield return new ResultRoute { Dst = $"{any}/0", Gw = pool.Gateway?.ToString() };
        }
    }

    private IEnumerable<(Subnet Destination, IPAddress? Router)> DefaultsOf(AddressFamily family)
        => _routes.Where(route => route.Destination.PrefixLength == 0 && route.Destination.Family == family);

    private static (Subnet Destination, IPAddress? Router) Parse(ResultRoute route)
    {
        IPAddress? router = null;
        return Subnet.TryParse(route.Dst, out Subnet destination)
            && (string.IsNullOrEmpty(route.Gw) || (IPAddress.TryParse(route.Gw, out router) && router.AddressFamily == destination.Family))
            ? (destination, router)
            : throw new CniException(CniErrorCode.InvalidConfiguration, $"ipam.routes has \"{route.Dst}\" by \"{route.Gw}\", which is not a route");
    }
}
