using LibNetwork.Publishing;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>What a network's modes, addresses and gateways make of a port binding.</summary>
public sealed class PortPlanTests
{
    [Theory, Trait("Feature", "PM-05"), Trait("Feature", "PM-10"), Trait("Feature", "PM-11"), Trait("Feature", "PM-12"), Trait("Feature", "BR-23")]
    [InlineData("8080:80", "dual", "0.0.0.0 [::]")]
    [InlineData("127.0.0.1:8080:80", "dual", "127.0.0.1")]
    [InlineData("[::1]:8080:80", "dual", "[::1]")]
    [InlineData("8080:80", "dual no6", "0.0.0.0")]
    [InlineData("8080:80", "dual default=127.0.0.1", "127.0.0.1")]
    [InlineData("8080:80", "dual default=::1", "[::1]")]
    [InlineData("8080:80", "dual mode6=routed", "0.0.0.0 open6")]
    [InlineData("8080:80", "dual mode4=routed", "open4 [::]")]
    [InlineData("8080:80", "dual mode4=routed default=127.0.0.1", "open4")]
    [InlineData("127.0.0.1:8080:80", "dual mode4=routed", "open4")]
    [InlineData("8080:80", "dual gateway=4", "0.0.0.0")]
    [InlineData("8080:80", "dual gateway=6", "[::]")]
    [InlineData("8080:80", "dual gateway=none mode4=routed", "open4")]
    [InlineData("8080:80", "dual gateway=none", "")]
    [InlineData("8080:80", "v4", "0.0.0.0 relay[::]")]
    [InlineData("8080:80/udp", "v4", "0.0.0.0 relay[::]")]
    [InlineData("8080:80/sctp", "v4", "0.0.0.0")]
    [InlineData("[::]:8080:80", "v4", "relay[::]")]
    [InlineData("8080:80", "v4 no6", "0.0.0.0")]
    [InlineData("8080:80", "v4 other6", "0.0.0.0")]
    [InlineData("8080:80", "v4 mode4=routed", "open4")]
    [InlineData("2000-3999:2000-3999", "v4", "0.0.0.0")]
    [InlineData("8080:80", "dual internal", "")]
    public void A_binding_becomes(string binding, string situation, string expected)
    {
        HashSet<string> words = [.. situation.Split(' ')];
        string Value(string key, string otherwise) => words.FirstOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..] ?? otherwise;
        Dictionary<string, string> labels = Requests.Labels(
            (BridgeLabels.GatewayModeIPv4, Value("mode4", "nat")), (BridgeLabels.GatewayModeIPv6, Value("mode6", "nat")));
        if (Value("default", "") is { Length: > 0 } address)
        {
            labels[BridgeLabels.HostBinding] = address;
        }

        DriverNetworkRequest request = words.Contains("dual") ? Requests.Dual(labels: labels, isInternal: words.Contains("internal")) : Requests.IPv4(labels: labels);
        BridgeNetwork network = BridgeNetworkPlan.Of(request, new BridgeDriverOptions());
        BridgeEndpoint endpoint = new(network, Requests.Endpoint(request) with { PortBindings = [PortBinding.Parse(binding)] }, MacAddress.NewRandom());
        string gateway = Value("gateway", "both");

        PortPlan plan = new(endpoint, gateway is "both" or "4", words.Contains("dual") && gateway is "both" or "6", words.Contains("other6"), !words.Contains("no6"));

        Assert.Equal(expected, string.Join(' ', plan.Demands().Select(Text)));
    }

    private static string Text(PortDemand demand)
    {
        bool isIPv6 = demand.ContainerAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        return demand.HostAddress switch
        {
            null => isIPv6 ? "open6" : "open4",
            { AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork } host => host.ToString(),
            { } host => isIPv6 ? $"[{host}]" : $"relay[{host}]",
        };
    }
}
