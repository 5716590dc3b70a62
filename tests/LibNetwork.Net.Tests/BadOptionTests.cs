using System.Reflection;
using LibNetwork.Drivers.Bridge;

namespace LibNetwork.Tests;

/// <summary>A value that an option label does not take, for every label; beside each that is refused stands one that is taken.</summary>
[Trait("Category", "Kernel")]
public sealed class BadOptionTests
{
    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string, string, string> OfNetworks { get; } = new()
    {
        { NetworkLabels.EnableIPv4, "maybe", "true" },
        { NetworkLabels.EnableIPv6, "", "false" },
        { NetworkLabels.Internal, "yes", "1" },
        { NetworkLabels.Mtu, "0", "1280" },
        { NetworkLabels.Mtu, "67", "1500" },
        { NetworkLabels.Mtu, "70000", "65535" },
        { NetworkLabels.Mtu, "-1500", "9000" },
        { NetworkLabels.Mtu, "fast", "1400" },
        { NetworkLabels.InterfacePrefix, "fifteen-bytes-x", "lan" },
        { NetworkLabels.InterfacePrefix, "-eth", "eth-" },
        { BridgeLabels.BridgeName, "sixteen-bytes-xx", "fifteen-bytes-x" },
        { BridgeLabels.BridgeName, "a/b", "a-b" },
        { BridgeLabels.BridgeName, "-br", "br-" },
        { BridgeLabels.DefaultBridge, "docker0", "false" },
        { BridgeLabels.EnableMasquerade, "on", "true" },
        { BridgeLabels.EnableInterContainer, "off", "false" },
        { BridgeLabels.GatewayModeIPv4, "bridged", "routed" },
        { BridgeLabels.GatewayModeIPv6, "isolated", "nat-unprotected" },
        { BridgeLabels.InhibitIPv4, "no", "false" },
        { BridgeLabels.HostBinding, "localhost", "127.0.0.1" },
        { BridgeLabels.TrustedHostInterfaces, "wire0:a/b", "wire0" },
        { BridgeLabels.HostIPv4, "2001:db8::1", "192.0.2.1" },
        { BridgeLabels.HostIPv6, "192.0.2.1", "2001:db8:1::1" },
    };

    public static TheoryData<string, string, string> OfEndpoints { get; } = new()
    {
        { NetworkLabels.MacAddress, "02:00:00:00:00", "02:00:00:00:00:01" },
        { NetworkLabels.MacAddress, "not a MAC address", "02:00:00:00:00:01" },
        { NetworkLabels.MacAddress, "03:00:00:00:00:01", "02:00:00:00:00:01" },
        { NetworkLabels.InterfaceName, "sixteen-bytes-xx", "fifteen-bytes-x" },
        { NetworkLabels.InterfaceName, "a/b", "a-b" },
        { NetworkLabels.InterfaceName, "-eth0", "eth0-" },
        { NetworkLabels.InterfaceName, "", "lan" },
        { NetworkLabels.Sysctls, "net.ipv4.ip_forward=1", "net.ipv4.conf.IFNAME.log_martians=1" },
    };

    public static TheoryData<string, string> OfSandboxes { get; } = new()
    {
        { BridgeLabels.LinkParents, "not/an/id" },
        { BridgeLabels.LinkChildren, "not/an/id" },
    };

    [Theory, MemberData(nameof(OfNetworks)), Trait("Feature", "BR-10")]
    public async Task A_network_is_not_created_with_it(string label, string bad, string good)
    {
        await using World world = await World.CreateAsync();

        NetworkException refused = await Refusal.AssertAsync(
            world, NetworkErrorKind.InvalidArgument, () => world.NetworkAsync("web", spec => spec with { Options = One(label, bad) }));
        INetwork control = await world.NetworkAsync("web", spec => spec with { Options = One(label, good) });

        Assert.Equal(label, refused.Field);
        Assert.Equal(good, control.State.Options[label]);
    }

    [Theory, MemberData(nameof(OfEndpoints))]
    public async Task An_endpoint_is_not_attached_with_it(string label, string bad, string good)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");

        NetworkException refused = await Refusal.AssertAsync(
            world,
            NetworkErrorKind.InvalidArgument,
            () => network.AttachAsync(sandbox, new EndpointSpec { Name = "e", Options = One(label, bad) }, cancellationToken: Cancel));
        IEndpoint control = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e", Options = One(label, good) }, cancellationToken: Cancel);

        Assert.Equal(label, refused.Field);
        Assert.Equal(sandbox.Id, control.State.SandboxId);
    }

    [Theory, MemberData(nameof(OfSandboxes)), Trait("Feature", "BR-15")]
    public async Task A_sandbox_that_has_it_is_not_joined(string label, string bad)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("closed", CreatingVerbs.WithoutIcc);
        IEndpoint other = await network.CreateEndpointAsync(new EndpointSpec { Name = "other" }, Cancel);
        ISandbox wrong = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "a", Options = One(label, bad) }, Cancel);
        ISandbox right = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "b", Options = One(label, other.Id.Value) }, Cancel);

        NetworkException refused = await Refusal.AssertAsync(
            world, NetworkErrorKind.InvalidArgument, () => network.AttachAsync(wrong, new EndpointSpec { Name = "e" }, cancellationToken: Cancel));
        IEndpoint control = await network.AttachAsync(right, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);

        Assert.Contains("not/an/id", refused.Message, StringComparison.Ordinal);
        Assert.Equal(right.Id, control.State.SandboxId);
    }

    [Fact]
    public void Every_label_of_the_bridge_driver_is_tried()
    {
        IEnumerable<string> labels = typeof(BridgeLabels).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)   // they are constant strings
            .Where(label => label.StartsWith("com.docker.network.", StringComparison.Ordinal) 
                && label is not (BridgeLabels.ExposedPorts or BridgeLabels.PortMap));   // those are output

        IEnumerable<string> tried = OfNetworks.Concat(OfEndpoints).Select(row => row.Data.Item1).Concat(OfSandboxes.Select(row => row.Data.Item1));

        Assert.Empty(labels.Except(tried));
    }

    private static Dictionary<string, string> One(string label, string value) => new() { [label] = value };
}
