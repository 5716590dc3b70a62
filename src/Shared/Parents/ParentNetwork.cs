using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Drivers.Parents;

/// <summary>A network: a parent, and how its endpoints use it.</summary>
internal sealed class ParentNetwork
{
    public ParentNetwork(string driver, DriverNetworkRequest request, Func<string, bool, IReadOnlyDictionary<string, string>, ParentOptions> parse)
    {
        Driver = driver;
        Request = request;
        Subject = $"network \"{request.Name}\"";
        Options = parse(Subject, request.Internal, request.Options);
        Parent = Options.Parent ?? ParentName.Dummy(driver, request.Id);
        foreach (NetworkPool pool in request.Pools)
        {
            if (pool.Subnet.PrefixLength == 0)
            {
                throw NetworkException.InvalidArgument(Subject, nameof(request.Pools), $"a network of driver {driver} needs a pool of {Family(pool)} addresses");
            }
        }

        GatewayIPv4 = GatewayOf(AddressFamily.InterNetwork);
        GatewayIPv6 = GatewayOf(AddressFamily.InterNetworkV6);
        if (Options.HostAccess)
        {
            (HostIPv4, HostIPv6) = (HostOf(AddressFamily.InterNetwork), HostOf(AddressFamily.InterNetworkV6));
            RefuseUnlessReachable();
        }
    }

    /// <summary>The driver's name.</summary>
    public string Driver { get; }

    public DriverNetworkRequest Request { get; }

    public NetworkId Id => Request.Id;

    public string Subject { get; }

    public ParentOptions Options { get; }

    public InterfaceName Parent { get; }

    /// <summary>The gateway that the user named; a router on the wire is nobody's to make up.</summary>
    public IPAddress? GatewayIPv4 { get; }

    public IPAddress? GatewayIPv6 { get; }

    /// <summary>The host's address on the network; <see langword="null"/> when it has none.</summary>
    public IPAddress? HostIPv4 { get; }

    public IPAddress? HostIPv6 { get; }

    private void RefuseUnlessReachable()
    {
        if (!Options.ReachesNeighbours)
        {
            throw NetworkException.InvalidArgument(Subject, ParentOptions.HostAccessLabel, "takes a network whose endpoints reach each other: its mode must be bridge");
        }

        if ((HostIPv4 ?? HostIPv6) is null)
        {
            throw NetworkException.InvalidArgument(
                Subject, ParentOptions.HostAccessLabel, $"takes an address for the host: reserve one of a pool's by the name \"{HostShim.AddressName}\"");
        }
    }

    private IPAddress? HostOf(AddressFamily family)
        => Request.Pools.Where(pool => pool.Subnet.Family == family).Select(static pool => pool.Reserved.GetValueOrDefault(HostShim.AddressName)).FirstOrDefault(static own => own is not null);

    private IPAddress? GatewayOf(AddressFamily family)
        => Options.Internal || Options.IsRouted ? null : Request.Pools.FirstOrDefault(pool => pool.Subnet.Family == family && pool.Gateway is not null)?.Gateway;

    private static string Family(NetworkPool pool) => pool.Subnet.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
