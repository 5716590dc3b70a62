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

    private IPAddress? GatewayOf(AddressFamily family)
        => Options.Internal || Options.IsRouted ? null : Request.Pools.FirstOrDefault(pool => pool.Subnet.Family == family && pool.Gateway is not null)?.Gateway;

    private static string Family(NetworkPool pool) => pool.Subnet.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
