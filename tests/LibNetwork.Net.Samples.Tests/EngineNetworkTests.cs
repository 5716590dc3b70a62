using System.Text.Json.Nodes;

namespace LibNetwork.Samples.Tests;

[Trait("Category", "Kernel")]
public sealed class EngineNetworkTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private const int ShortId = 12;

    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_network_is_in_the_kernel_from_its_creation_to_its_deletion()
    {
        IReadOnlyList<string> before = await _engine.KernelAsync();
        string id = await _engine.CreateNetworkAsync(
            """
            {"Name":"life","Labels":{"tier":"web"},"Attachable":true,"Options":{"com.docker.network.driver.mtu":"1400"},"IPAM":{"Driver":"default","Config":
             [{"Subnet":"10.30.0.0/16","IPRange":"10.30.5.0/24","Gateway":"10.30.0.254","AuxiliaryAddresses":{"router":"10.30.5.1"}}]}}
            """,
            Cancel);
        IReadOnlyList<string> during = await _engine.KernelAsync();
        JsonNode network = await _engine.GetAsync($"/v1.44/networks/{id[..ShortId]}", Cancel);
        (int status, _) = await _engine.SendAsync(HttpMethod.Delete, "/networks/life", body: null, Cancel);
        (int gone, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Get, "/networks/life", body: null, Cancel);

        Assert.Contains(during, line => line.StartsWith($"link br-{id[..ShortId]} bridge up=True mtu=1400", StringComparison.Ordinal));
        Assert.Equal("life", (string?)network["Name"]);
        Assert.Equal(id, (string?)network["Id"]);
        Assert.Equal("bridge", (string?)network["Driver"]);
        Assert.Equal("local", (string?)network["Scope"]);
        Assert.True((bool?)network["Attachable"]);
        Assert.Equal("""{"tier":"web"}""", network["Labels"]!.ToJsonString());
        Assert.Equal("""{"com.docker.network.driver.mtu":"1400"}""", network["Options"]!.ToJsonString());
        Assert.Equal(
            """[{"Subnet":"10.30.0.0/16","IPRange":"10.30.5.0/24","Gateway":"10.30.0.254","AuxiliaryAddresses":{"router":"10.30.5.1"}}]""",
            network["IPAM"]!["Config"]!.ToJsonString());
        Assert.Equal("{}", network["Containers"]!.ToJsonString());
        Assert.Equal(204, status);
        Assert.Equal((404, "network life not found"), (gone, (string?)answer!["message"]));
        Assert.Equal(before, await _engine.KernelAsync());
    }

    [Fact]
    public async Task A_bridge_that_the_user_named_is_gone_when_the_answer_comes()
    {
        for (int round = 0; round < 10; round++)
        {
            await _engine.CreateNetworkAsync("""{"Name":"named","Options":{"com.docker.network.bridge.name":"named0"}}""", Cancel);
            Assert.True(await _engine.HasLinkAsync("named0"));

            await _engine.SendAsync(HttpMethod.Delete, "/networks/named", body: null, Cancel);

            Assert.False(await _engine.HasLinkAsync("named0"));
        }
    }

    [Fact]
    public async Task The_built_in_networks_are_there_and_stay()
    {
        IReadOnlyList<string> names = await _engine.NetworkNamesAsync("""{"type":["builtin"]}""", Cancel);
        JsonNode bridge = await _engine.GetAsync("/networks/bridge", Cancel);

        Assert.Equal(["bridge", "host", "none"], names);
        Assert.Equal("172.17.0.0/16", (string?)bridge["IPAM"]!["Config"]![0]!["Subnet"]);
        Assert.Equal("docker0", (string?)bridge["Options"]!["com.docker.network.bridge.name"]);
        Assert.Equal("null", (string?)(await _engine.GetAsync("/networks/none", Cancel))["Driver"]);
        foreach (string name in names)
        {
            (int status, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Delete, $"/networks/{name}", body: null, Cancel);
            Assert.Equal((403, $"{name} is a pre-defined network and cannot be removed"), (status, (string?)answer!["message"]));
        }
    }

    [Theory]
    [InlineData("""{"Name":"refused-base"}""", 409, "network with name refused-base already exists")]
    [InlineData("""{"Name":"host"}""", 403, "operation is not permitted on predefined host network")]
    [InlineData("""{"Name":"x","Driver":"host"}""", 403, "only one instance of \"host\" network is allowed")]
    [InlineData("""{"Name":"x","Driver":"none-such"}""", 404, "plugin \"none-such\" not found")]
    [InlineData("""{"Name":"x","IPAM":{"Driver":"none-such"}}""", 404, "none-such")]
    [InlineData("""{"Name":""}""", 400, "is empty")]
    [InlineData("""{"Name":"a/b"}""", 400, "a/b")]
    [InlineData("""{"Name":"x","IPAM":{"Config":[{"Subnet":"10.31.3.0/24"}]}}""", 403, "Pool overlaps with other one on this address space")]
    [InlineData("""{"Name":"x","IPAM":{"Config":[{"Subnet":"10.0.0.0/33"}]}}""", 400, "invalid subnet 10.0.0.0/33: invalid CIDR block notation")]
    [InlineData("""{"Name":"x","IPAM":{"Config":[{"Subnet":"10.0.0.1/24"}]}}""", 400, "invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24")]
    [InlineData("""{"Name":"x","IPAM":{"Config":[{"Subnet":"10.0.0.0/24","Gateway":"10.0.1.1"}]}}""", 400, "invalid gateway 10.0.1.1")]
    [InlineData("""{"Name":"x","IPAM":{"Config":[{"Subnet":"10.0.0.0/24","IPRange":"10.0.1.0/28"}]}}""", 400, "doesn't contain ip-range")]
    [InlineData("""{"Name":"x","Options":{"com.docker.network.driver.mtu":"abc"}}""", 400, "com.docker.network.driver.mtu")]
    [InlineData("""{"Name":"x","Scope":"swarm"}""", 503, "not a swarm manager")]
    [InlineData("""{"Name":"x","ConfigFrom":{"Network":"refused-base"}}""", 403, "refused-base is not a configuration network")]
    public async Task A_network_that_cannot_be_is_refused_and_leaves_nothing(string request, int status, string message)
    {
        await _engine.SendAsync(HttpMethod.Post, "/networks/create", """{"Name":"refused-base","IPAM":{"Config":[{"Subnet":"10.31.0.0/16"}]}}""", Cancel);
        IReadOnlyList<string> before = await _engine.KernelAsync();

        (int actual, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Post, "/networks/create", request, Cancel);

        Assert.Contains(message, (string?)answer!["message"], StringComparison.Ordinal);
        Assert.Equal(status, actual);
        Assert.Equal(before, await _engine.KernelAsync());
        Assert.Empty(await _engine.NetworkNamesAsync("""{"name":["^x$"]}""", Cancel));
    }

    [Theory]
    [InlineData("""{"label":["of=filters"]}""", "filter-alpha,filter-beta")]
    [InlineData("""{"label":["of=filters","tier=db"]}""", "filter-beta")]
    [InlineData("""{"label":{"tier":true}}""", "filter-alpha,filter-beta")]
    [InlineData("""{"name":["er-al"]}""", "filter-alpha")]
    [InlineData("""{"name":["filter-b","filter-a"]}""", "filter-alpha,filter-beta")]
    [InlineData("""{"driver":["host"]}""", "host")]
    [InlineData("""{"type":["builtin"],"scope":["local"]}""", "bridge,host,none")]
    [InlineData("""{"scope":["global"]}""", "")]
    [InlineData("""{"dangling":["true"],"label":["of=filters"]}""", "filter-alpha,filter-beta")]
    [InlineData("""{"dangling":["false"],"label":["of=filters"]}""", "")]
    public async Task Filters_choose(string filters, string names)
    {
        await _engine.SendAsync(HttpMethod.Post, "/networks/create", """{"Name":"filter-alpha","Labels":{"of":"filters","tier":"web"}}""", Cancel);
        await _engine.SendAsync(HttpMethod.Post, "/networks/create", """{"Name":"filter-beta","Labels":{"of":"filters","tier":"db"}}""", Cancel);

        Assert.Equal(names, string.Join(',', await _engine.NetworkNamesAsync(filters, Cancel)));
    }

    [Theory]
    [InlineData("""{"nonsense":["1"]}""", "invalid filter 'nonsense'")]
    [InlineData("""{"type":["odd"]}""", "invalid filter 'type=odd'")]
    [InlineData("""{"dangling":["odd"]}""", "invalid filter 'dangling=odd'")]
    [InlineData("[1]", "invalid filters")]
    [InlineData("{", "invalid filters")]
    public async Task A_filter_that_is_not_known_is_refused(string filters, string message)
    {
        (int status, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Get, $"/networks?filters={Uri.EscapeDataString(filters)}", body: null, Cancel);

        Assert.Equal(400, status);
        Assert.Contains(message, (string?)answer!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prune_removes_what_its_filters_say()
    {
        await _engine.CreateNetworkAsync("""{"Name":"prune-1","Labels":{"of":"prune"}}""", Cancel);
        await _engine.CreateNetworkAsync("""{"Name":"prune-2","Labels":{"of":"prune","keep":""}}""", Cancel);
        string filters = Uri.EscapeDataString("""{"label":["of=prune"],"label!":["keep"]}""");

        (int status, JsonNode? answer) = await _engine.SendAsync(HttpMethod.Post, $"/networks/prune?filters={filters}", body: null, Cancel);

        Assert.Equal(200, status);
        Assert.Equal("""["prune-1"]""", answer!["NetworksDeleted"]!.ToJsonString());
        Assert.Equal(["prune-2"], await _engine.NetworkNamesAsync("""{"label":["of=prune"]}""", Cancel));
    }

    [Fact]
    public async Task A_configuration_serves_other_networks_and_stays_while_it_does()
    {
        await _engine.CreateNetworkAsync("""{"Name":"conf","ConfigOnly":true,"IPAM":{"Config":[{"Subnet":"10.32.0.0/24"}]}}""", Cancel);
        await _engine.CreateNetworkAsync("""{"Name":"conf-user","ConfigFrom":{"Network":"conf"}}""", Cancel);
        JsonNode user = await _engine.GetAsync("/networks/conf-user", Cancel);
        JsonNode configuration = await _engine.GetAsync("/networks/conf", Cancel);
        (int inUse, _) = await _engine.SendAsync(HttpMethod.Delete, "/networks/conf", body: null, Cancel);
        (int deleted, _) = await _engine.SendAsync(HttpMethod.Delete, "/networks/conf-user", body: null, Cancel);
        (int free, _) = await _engine.SendAsync(HttpMethod.Delete, "/networks/conf", body: null, Cancel);

        Assert.Equal("10.32.0.0/24", (string?)user["IPAM"]!["Config"]![0]!["Subnet"]);
        Assert.Equal("conf", (string?)user["ConfigFrom"]!["Network"]);
        Assert.True((bool?)configuration["ConfigOnly"]);
        Assert.Equal("null", (string?)configuration["Driver"]);
        Assert.Equal((403, 204, 204), (inUse, deleted, free));
    }
}
