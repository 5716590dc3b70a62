using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Macvlan;

/// <summary>A macvlan network: a parent, and how its endpoints use it.</summary>
internal sealed class MacvlanNetwork
{
    public MacvlanNetwork(DriverNetworkRequest request)
    {
        Request = request;
        Subject = $"network \"{request.Name}\"";
        Options = MacvlanNetworkOptions.Parse(Subject, request.Internal, request.Options);
        Parent = Options.Parent ?? ParentName.Dummy(request.Id);
        foreach (NetworkPool pool in request.Pools)
        {
            if (pool.Subnet.PrefixLength == 0)
            {
                throw NetworkException.InvalidArgument(Subject, nameof(request.Pools), $"a macvlan network needs a pool of {Family(pool)} addresses");
            }
        }

        GatewayIPv4 = GatewayOf(AddressFamily.InterNetwork);
        GatewayIPv6 = GatewayOf(AddressFamily.InterNetworkV6);
    }

    public DriverNetworkRequest Request { get; }

    public NetworkId Id => Request.Id;

    public string Subject { get; }

    public MacvlanNetworkOptions Options { get; }

    public InterfaceName Parent { get; }

    /// <summary>The gateway that the user named; a router on the wire is nobody's to make up.</summary>
    public IPAddress? GatewayIPv4 { get; }

    public IPAddress? GatewayIPv6 { get; }

    public bool IsAlone => Options.Mode == MacvlanMode.Passthru;

    private IPAddress? GatewayOf(AddressFamily family)
        => Options.Internal ? null : Request.Pools.FirstOrDefault(pool => pool.Subnet.Family == family && pool.Gateway is not null)?.Gateway;

    private static string Family(NetworkPool pool) => pool.Subnet.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
