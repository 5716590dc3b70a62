using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>What a network's labels say about the routes of its endpoints and about frames that go back where they came from.</summary>
[Trait("Category", "Kernel")]
public sealed class BridgeRouteKernelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_default_routes_no_gateway_is_offered_and_none_is_wanted_elsewhere()
    {
        DriverJoin with = await JoinAsync();
        DriverJoin without = await JoinAsync((BridgeLabels.DefaultRouteIPv4, "false"), (BridgeLabels.DefaultRouteIPv6, "false"));
        DriverJoin half = await JoinAsync((BridgeLabels.DefaultRouteIPv6, "false"));

        Assert.Equal(("10.77.1.1", "fd77:1::1", false), (with.GatewayIPv4?.ToString(), with.GatewayIPv6?.ToString(), with.DisableGatewayService));
        Assert.Equal((null, null, true), (without.GatewayIPv4, without.GatewayIPv6, without.DisableGatewayService));
        Assert.Equal(("10.77.1.1", null, false), (half.GatewayIPv4?.ToString(), half.GatewayIPv6, half.DisableGatewayService));
    }

    [Fact]
    public async Task Routes_without_a_router_lead_to_the_gateway()
    {
        DriverJoin join = await JoinAsync((BridgeLabels.Routes, "10.200.0.0/16, 10.201.0.0/16 via 10.77.1.9, fd00::/8"));

        Assert.Equal(
            ["10.200.0.0/16 10.77.1.1", "10.201.0.0/16 10.77.1.9", "fd00::/8 fd77:1::1"],
            join.Routes.Select(static route => $"{route.Destination} {route.NextHop}"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task A_port_sends_frames_back_where_the_network_wants_it(string label, bool expected)
    {
        await using TestHost host = TestHost.Start();
        host.Observer.Arm();

        await JoinAsync(host, (BridgeLabels.Hairpin, label));

        Assert.Equal(expected, host.Observer.Seen.Any(static request => request.Details?.Contains("hairpin", StringComparison.Ordinal) == true));
    }

    private static async Task<DriverJoin> JoinAsync(params (string Label, string Value)[] labels)
    {
        await using TestHost host = TestHost.Start();
        return await JoinAsync(host, labels);
    }

    private static async Task<DriverJoin> JoinAsync(TestHost host, params (string Label, string Value)[] labels)
    {
        DriverNetworkRequest network = Requests.Dual(labels: Requests.Labels([(BridgeLabels.BridgeName, "br-x"), .. labels]));
        await host.Driver.CreateNetworkAsync(network, Cancel);
        DriverEndpointRequest endpoint = Requests.Endpoint(network);
        await host.Driver.CreateEndpointAsync(endpoint, Cancel);
        NetworkNamespace sandbox = host.Namespace("box");
        return await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel);
    }
}
