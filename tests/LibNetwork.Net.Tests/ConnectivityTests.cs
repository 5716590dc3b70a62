using System.Diagnostics;
using System.Net;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

[Trait("Category", "Kernel")]
public sealed class ConnectivityTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "BR-04"), Trait("Feature", "CN-21")]
    public async Task Endpoints_of_one_network_talk_over_IPv4_and_IPv6()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox a = await world.SandboxAsync("a");
        ISandbox b = await world.SandboxAsync("b");
        IEndpoint one = await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint two = await network.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);

        IPAddress? seen4 = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        IPAddress? seen6 = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv6!.Value.Address, Patience);

        Assert.Equal(one.State.IPv4!.Value.Address, seen4);
        Assert.Equal(one.State.IPv6!.Value.Address, seen6);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(6, true)]
    [InlineData(6, false)]
    public async Task Who_knew_an_addresss_former_owner_reaches_the_next_at_once(int family, bool hasIPv4)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv4 = hasIPv4 });
        ISandbox a = await world.SandboxAsync("a");
        ISandbox former = await world.SandboxAsync("former");
        await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint first = await network.AttachAsync(former, new EndpointSpec { Name = "former" }, cancellationToken: Cancel);
        IPAddress address = (family == 4 ? first.State.IPv4 : first.State.IPv6)!.Value.Address;
        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, former.OpenSocket, address, Patience);
        await former.DeleteAsync(Cancel);

        ISandbox next = await world.SandboxAsync("next");
        await network.AttachAsync(
            next,
            new EndpointSpec { Name = "next", IPv4Address = first.State.IPv4?.Address, IPv6Address = first.State.IPv6?.Address },
            cancellationToken: Cancel);
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, next.OpenSocket, address, Patience);

        Assert.NotNull(control);
        Assert.NotNull(seen);
    }

    /// <summary>What comes from elsewhere by IPv6 waits until the host has asked for the endpoint's hardware address, and it asks by the bridge's link-local one.</summary>
    [Fact]
    public async Task The_host_can_ask_for_an_endpoint_by_IPv6_when_the_first_one_has_joined()
    {
        const uint Tentative = 0x40;   // IFA_F_TENTATIVE
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", static spec => spec with { Options = new Dictionary<string, string> { [BridgeLabels.BridgeName] = "br-web" } });
        ISandbox a = await world.SandboxAsync("a");
        await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        IReadOnlyList<AddressInfo> addresses = [];
        await world.InKernelAsync(session => addresses = session.Route.DumpAddresses(session.Route.FindLink("br-web")!.Index));

        AddressInfo linkLocal = Assert.Single(addresses, static address => address.Address.IsIPv6LinkLocal);
        Assert.Equal(0u, linkLocal.Flags & Tentative);
    }

    [Fact, Trait("Feature", "FW-07")]
    public async Task The_outside_sees_the_hosts_address()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox a = await world.SandboxAsync("a");
        await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        IPAddress? seen4 = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        IPAddress? seen6 = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv6), Patience);

        Assert.Equal(IPAddress.Parse(TestHost.HostIPv4), seen4);
        Assert.Equal(IPAddress.Parse(TestHost.HostIPv6), seen6);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Networks_are_apart(int family)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        INetwork db = await world.NetworkAsync("db");
        ISandbox a = await world.SandboxAsync("a");
        ISandbox neighbour = await world.SandboxAsync("neighbour");
        ISandbox victim = await world.SandboxAsync("victim");
        await web.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        await db.AttachAsync(neighbour, new EndpointSpec { Name = "n" }, cancellationToken: Cancel);
        IEndpoint target = await db.AttachAsync(victim, new EndpointSpec { Name = "v" }, cancellationToken: Cancel);
        IPAddress address = (family == 4 ? target.State.IPv4 : target.State.IPv6)!.Value.Address;

        IPAddress? control = await Traffic.SendAsync(neighbour.OpenSocket, victim.OpenSocket, address, Patience);
        IPAddress? attack = await Traffic.SendAsync(a.OpenSocket, victim.OpenSocket, address, Silence);

        Assert.NotNull(control);
        Assert.Null(attack);
    }

    [Fact, Trait("Feature", "CN-31"), Trait("Feature", "FW-08")]
    public async Task Nothing_leaves_or_enters_an_internal_network()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("inside", spec => spec with { Internal = true });
        ISandbox a = await world.SandboxAsync("a");
        ISandbox b = await world.SandboxAsync("b");
        await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint two = await network.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);

        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Patience);
        IPAddress? attempt = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Silence);

        Assert.NotNull(control);
        Assert.Null(attempt);
        Assert.Null(a.State.GatewayIPv4);
    }

    [Fact, Trait("Feature", "BR-14")]
    public async Task Without_ICC_endpoints_do_not_talk_but_reach_the_outside()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with
        {
            Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" },
        });
        ISandbox a = await world.SandboxAsync("a");
        ISandbox b = await world.SandboxAsync("b");
        await network.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint two = await network.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);

        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);
        IPAddress? attack4 = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv4!.Value.Address, Silence);
        IPAddress? attack6 = await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, two.State.IPv6!.Value.Address, Silence);

        Assert.NotNull(control);
        Assert.Null(attack4);
        Assert.Null(attack6);
    }

    [Fact, Trait("Feature", "HN-01"), Trait("Feature", "CN-38")]
    public async Task A_host_container_is_on_the_hosts_network_and_a_null_container_has_only_loopback()
    {
        await using World world = await World.CreateAsync();
        INetwork hostNetwork = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "host", Driver = "host" }, Cancel);
        INetwork none = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = "none", Driver = "null" }, Cancel);
        ISandbox shared = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "h", UseHostNamespace = true }, Cancel);
        ISandbox alone = await world.SandboxAsync("n");
        await hostNetwork.AttachAsync(shared, new EndpointSpec { Name = "h" }, cancellationToken: Cancel);
        await none.AttachAsync(alone, new EndpointSpec { Name = "n" }, cancellationToken: Cancel);

        string links = await alone.RunInsideAsync(() => string.Join(' ', File.ReadLines("/proc/thread-self/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim())));
        IPAddress? seen = await Traffic.SendAsync(shared.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience);

        Assert.Equal("lo", links);
        Assert.Equal(IPAddress.Parse(TestHost.HostIPv4), seen);
    }

    [Fact]
    public async Task The_first_packet_of_each_of_300_attachments_arrives_within_100_ms()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }] });
        List<TimeSpan> slow = [];
        for (int i = 0; i < 300; i++)
        {
            ISandbox sandbox = await world.SandboxAsync($"c{i}");
            await network.AttachAsync(sandbox, new EndpointSpec { Name = $"e{i}" }, cancellationToken: Cancel);
            long start = Stopwatch.GetTimestamp();
            IPAddress? seen = await Traffic.SendAsync(sandbox.OpenSocket, world.Host.Namespace.OpenSocket, IPAddress.Parse("10.9.0.1"), Patience);
            TimeSpan delay = Stopwatch.GetElapsedTime(start);
            Assert.NotNull(seen);
            if (delay > TimeSpan.FromMilliseconds(100))
            {
                slow.Add(delay);
            }

            if (i % 10 == 9)
            {
                await sandbox.DeleteAsync(Cancel);
            }
        }

        Assert.Empty(slow);
    }

    [Fact]
    public async Task Of_256_attachments_at_once_none_fails_and_no_address_or_name_is_given_twice()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");

        IEndpoint[] endpoints = await Task.WhenAll(Enumerable.Range(0, 256).Select(async i =>
        {
            ISandbox sandbox = await world.SandboxAsync($"c{i}");
            return await network.AttachAsync(sandbox, new EndpointSpec { Name = $"e{i}" }, cancellationToken: Cancel);
        }));

        Assert.Equal(256, endpoints.Select(endpoint => endpoint.State.IPv4).Distinct().Count());
        Assert.Equal(256, endpoints.Select(endpoint => endpoint.State.IPv6).Distinct().Count());
        Assert.Equal(256, endpoints.Select(endpoint => endpoint.State.MacAddress).Distinct().Count());
    }
}
