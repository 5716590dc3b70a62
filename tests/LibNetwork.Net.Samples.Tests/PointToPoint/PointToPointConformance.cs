using LibNetwork.Drivers;
using LibNetwork.Testing;
using PointToPoint;

namespace LibNetwork.Samples.Tests.PointToPoint;

/// <summary>The driver of the page about writing drivers keeps the contract.</summary>
public abstract class PointToPointConformance : NetworkDriverConformance
{
    protected override int MaxEndpoints => 2;

    protected override INetworkDriver CreateDriver(DriverHost host) => new PointToPointDriver(host.Kernel);

    protected override DriverNetworkRequest NewNetwork(int number) => base.NewNetwork(number) with
    {
        Pools = [new NetworkPool { PoolId = $"four{number}", Subnet = Subnet.Parse($"10.70.{number}.0/31") }],
        EnableIPv6 = false,
    };

    protected override DriverEndpointRequest NewEndpoint(int network, int number) => base.NewEndpoint(network, number) with
    {
        IPv4 = InterfaceAddress.Parse($"10.70.{network}.{number - 1}/31"), IPv6 = null,
    };
}
