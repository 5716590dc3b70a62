using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LibNetwork.Drivers.Remote;
using LibNetwork.Ipam;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>What an IPAM plugin is asked, word by word, and what is made of its answers.</summary>
[Trait("Feature", "IP-15")]
public sealed class IpamProtocolTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_life_is_told_in_the_protocols_words()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.GetCapabilities", """{"RequiresMACAddress":true,"RequiresRequestReplay":true}""");
        plugin.Answer("IpamDriver.RequestPool", """{"PoolID":"p1","Pool":"10.1.0.0/16","Data":{"com.docker.network.gateway":"10.1.0.1/16"}}""");
        plugin.Answer("IpamDriver.RequestAddress", """{"Address":"10.1.0.5/16","Data":{}}""");
        IIpamDriver driver = await folder.IpamDriverAsync();

        IpamPool pool = await driver.RequestPoolAsync(
            new IpamPoolRequest
            {
                AddressSpace = driver.LocalAddressSpace, Pool = Subnet.Parse("10.1.0.0/16"), SubPool = Subnet.Parse("10.1.0.0/24"),
                Options = new Dictionary<string, string> { ["a"] = "b" },
            },
            Cancel);
        InterfaceAddress? address = await driver.RequestAddressAsync(
            new IpamAddressRequest { PoolId = "p1", Options = new Dictionary<string, string> { [NetworkLabels.MacAddress] = "02:00:00:00:00:01" } }, Cancel);
        await driver.RequestAddressAsync(new IpamAddressRequest { PoolId = "p1", Address = IPAddress.Parse("10.1.0.5") }, Cancel);
        await driver.ReleaseAddressAsync("p1", IPAddress.Parse("10.1.0.5"), Cancel);
        await driver.ReleasePoolAsync("p1", Cancel);

        Assert.Equal((true, true, "here", "everywhere"), (driver.Capabilities.RequiresMacAddress, driver.Capabilities.RequiresReplay, driver.LocalAddressSpace, driver.GlobalAddressSpace));
        Assert.Equal(("p1", Subnet.Parse("10.1.0.0/16"), "10.1.0.1/16"), (pool.PoolId, pool.Subnet, pool.Data[NetworkLabels.GatewayAddressType]));
        Assert.Equal(InterfaceAddress.Parse("10.1.0.5/16"), address);
        Equal("""{"AddressSpace":"here","Pool":"10.1.0.0/16","SubPool":"10.1.0.0/24","Options":{"a":"b"},"V6":false}""", plugin.LastOf("IpamDriver.RequestPool"));
        Equal(
            """{"PoolID":"p1","Address":"","Options":{"com.docker.network.endpoint.macaddress":"02:00:00:00:00:01"}}""",
            plugin.Requests.First(static request => request.Verb == "IpamDriver.RequestAddress").Body!);
        Equal("""{"PoolID":"p1","Address":"10.1.0.5","Options":{}}""", plugin.LastOf("IpamDriver.RequestAddress"));
        Equal("""{"PoolID":"p1","Address":"10.1.0.5"}""", plugin.LastOf("IpamDriver.ReleaseAddress"));
        Equal("""{"PoolID":"p1"}""", plugin.LastOf("IpamDriver.ReleasePool"));
    }

    [Theory]
    [InlineData(404, "not found")]
    [InlineData(200, """{"Error":"what?"}""")]
    public async Task A_plugin_that_does_not_say_what_it_needs_needs_nothing(int status, string body)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.GetCapabilities", body, status);

        Assert.Equal(new IpamCapabilities(), (await folder.IpamDriverAsync()).Capabilities);
    }

    [Fact]
    public async Task A_refusal_is_in_the_field_that_this_kind_has()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.RequestPool", """{"Error":"nothing left"}""");
        IIpamDriver driver = await folder.IpamDriverAsync();

        PluginException refused = await Assert.ThrowsAsync<PluginException>(async () => await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "here" }, Cancel));

        Assert.Equal("nothing left", refused.Answer);
    }

    [Fact]
    public async Task A_pool_that_overlaps_what_the_host_uses_is_held_until_another_is_found()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.RequestPool", static (_, count) => (200, $$"""{"PoolID":"p{{count}}","Pool":"10.{{count}}.0.0/16"}"""));
        IIpamDriver driver = await folder.IpamDriverAsync();

        IpamPool pool = await driver.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = "here", Exclude = [Subnet.Parse("10.1.2.0/24"), Subnet.Parse("10.2.0.0/15")] }, Cancel);

        Assert.Equal("p4", pool.PoolId);   // 10.2.0.0/15 is 10.2 and 10.3
        Assert.Equal(["p1", "p2", "p3"], plugin.Requests.Where(static request => request.Verb == "IpamDriver.ReleasePool").Select(static request => (string?)request.Body!["PoolID"]));
        Assert.Equal(4, plugin.Requests.Count(static request => request.Verb == "IpamDriver.RequestPool"));
    }

    [Fact]
    public async Task Looking_for_another_pool_ends()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.RequestPool", """{"PoolID":"p","Pool":"10.1.0.0/16"}""");
        IIpamDriver driver = await folder.IpamDriverAsync();

        NetworkException full = await Assert.ThrowsAsync<NetworkException>(
            async () => await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "here", Exclude = [Subnet.Parse("10.1.0.0/24")] }, Cancel));

        Assert.Equal(NetworkErrorKind.Exhausted, full.Kind);
        Assert.Equal(
            plugin.Requests.Count(static request => request.Verb == "IpamDriver.RequestPool"), plugin.Requests.Count(static request => request.Verb == "IpamDriver.ReleasePool"));
    }

    [Theory]
    [InlineData("""{"PoolID":"p","Pool":"fd00::/64"}""", true)]
    [InlineData("""{"PoolID":"p","Pool":"10.1.0.0"}""", true)]
    [InlineData("""{"PoolID":"p"}""", true)]
    [InlineData("""{"Pool":"10.1.0.0/16"}""", false)]
    [InlineData("""{"PoolID":7,"Pool":"10.1.0.0/16"}""", false)]
    public async Task A_pool_that_makes_no_sense_is_given_back(string answer, bool canBeNamed)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.RequestPool", answer);
        IIpamDriver driver = await folder.IpamDriverAsync();

        await Assert.ThrowsAsync<PluginException>(async () => await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "here" }, Cancel));

        Assert.Equal(canBeNamed, plugin.Verbs.Contains("IpamDriver.ReleasePool"));
        plugin.Answer("IpamDriver.RequestPool", """{"PoolID":"p","Pool":"fd00::/64"}""");
        Assert.Equal("p", (await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "here", Family = AddressFamily.InterNetworkV6 }, Cancel)).PoolId);
        Assert.True((bool)plugin.LastOf("IpamDriver.RequestPool")["V6"]!);
    }

    [Theory]
    [InlineData("""{"Address":""}""", NetworkErrorKind.Unavailable, false)]
    [InlineData("""{}""", NetworkErrorKind.Unavailable, false)]
    [InlineData("""{"Address":"10.1.0.5"}""", NetworkErrorKind.Internal, false)]
    [InlineData("""{"Address":"10.1.0.6/16"}""", NetworkErrorKind.Internal, true)]
    [InlineData("""nonsense""", NetworkErrorKind.Internal, true)]
    public async Task An_address_that_was_not_asked_for_is_given_back(string answer, NetworkErrorKind kind, bool isReleased)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("IpamDriver.RequestAddress", answer);
        IIpamDriver driver = await folder.IpamDriverAsync();

        PluginException wrong = await Assert.ThrowsAsync<PluginException>(
            async () => await driver.RequestAddressAsync(new IpamAddressRequest { PoolId = "p", Address = IPAddress.Parse("10.1.0.5") }, Cancel));

        Assert.Equal(kind, wrong.Kind);
        Assert.Equal(isReleased, plugin.Verbs.Contains("IpamDriver.ReleaseAddress"));
    }

    [Fact]
    public async Task Parts_of_a_pool_cannot_be_withheld()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        IIpamDriver driver = await folder.IpamDriverAsync();

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await driver.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = "here", Withheld = [new AddressRange(IPAddress.Parse("10.1.0.5"), IPAddress.Parse("10.1.0.9"))] }, Cancel));

        Assert.Equal(NetworkErrorKind.NotSupported, refused.Kind);
        Assert.Empty(plugin.Verbs);
    }

    private static void Equal(string expected, JsonNode actual)
        => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nactual   {actual.ToJsonString()}");
}
