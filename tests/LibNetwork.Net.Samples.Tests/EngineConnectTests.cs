using System.Text.Json.Nodes;

namespace LibNetwork.Samples.Tests;

/// <summary>What a client may say when it connects a container, over plain HTTP.</summary>
[Trait("Category", "Kernel")]
public sealed class EngineConnectTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_was_asked_for_is_there_and_goes_again()
    {
        await _engine.CreateNetworkAsync(
            """{"Name":"dual","EnableIPv6":true,"IPAM":{"Config":[{"Subnet":"10.41.0.0/24"},{"Subnet":"fd41::/64"}]}}""", Cancel);
        string id = await _engine.CreateContainerAsync("asker", """{"Image":"host","Cmd":["sleep","1000"]}""", Cancel);
        await _engine.PostAsync($"/containers/{id}/start", Cancel);

        await _engine.PostAsync(
            "/networks/dual/connect",
            Cancel,
            """
            {"Container":"asker","EndpointConfig":{
             "IPAMConfig":{"IPv4Address":"10.41.0.77","IPv6Address":"fd41::77","LinkLocalIPs":["169.254.7.7"]},
             "Aliases":["other"],"MacAddress":"02:00:00:00:41:01","DriverOpts":{"com.docker.network.endpoint.ifname":"lan0"},"GwPriority":9}}
            """);
        JsonNode endpoint = (await _engine.GetAsync($"/containers/{id}/json", Cancel))["NetworkSettings"]!["Networks"]!["dual"]!;
        JsonNode member = (await _engine.GetAsync("/networks/dual?verbose=true", Cancel))["Containers"]![id]!;
        string inside = await PrintAsync(id, "ip -o addr show dev lan0; ip route show default");
        await _engine.PostAsync("/networks/dual/disconnect", Cancel, """{"Container":"asker","Force":true}""");
        JsonNode left = (await _engine.GetAsync($"/containers/{id}/json", Cancel))["NetworkSettings"]!["Networks"]!;
        (int removed, _) = await _engine.SendAsync(HttpMethod.Delete, "/networks/dual", body: null, Cancel);
        await _engine.SendAsync(HttpMethod.Delete, $"/containers/{id}?force=1", body: null, Cancel);

        Assert.Equal(
            ("10.41.0.77", "fd41::77", "02:00:00:00:41:01", 9),
            ((string?)endpoint["IPAddress"], (string?)endpoint["GlobalIPv6Address"], (string?)endpoint["MacAddress"], (int?)endpoint["GwPriority"]));
        Assert.Contains("other", endpoint["Aliases"]!.AsArray().Select(static alias => (string?)alias));
        Assert.Equal(("asker", "10.41.0.77/24", "fd41::77/64"), ((string?)member["Name"], (string?)member["IPv4Address"], (string?)member["IPv6Address"]));
        Assert.All(
            (string[])["10.41.0.77/24", "fd41::77/64", "169.254.7.7/", "default via 10.41.0.1 dev lan0"],
            expected => Assert.Contains(expected, inside, StringComparison.Ordinal));
        Assert.Null(left["dual"]);
        Assert.Equal(204, removed);
    }

    [Fact, Trait("Feature", "FW-20")]
    public async Task A_driver_option_says_what_a_container_may_reach()
    {
        await _engine.CreateNetworkAsync("""{"Name":"fenced","IPAM":{"Config":[{"Subnet":"10.42.0.0/24"}]}}""", Cancel);
        List<string> answers = [];
        foreach (string options in (string[])["{}", """{"libnetwork.egress":"none"}""", """{"libnetwork.egress":"10.42.0.1:9;www.example.org"}"""])
        {
            string id = await _engine.CreateContainerAsync(
                "fenced", """{"Image":"host","Cmd":["sleep","1000"],"HostConfig":{"NetworkMode":"fenced"},"NetworkingConfig":{"EndpointsConfig":{"fenced":{"DriverOpts":"""
                    + options + "}}}}", Cancel);
            await _engine.PostAsync($"/containers/{id}/start", Cancel);
            answers.Add(await PrintAsync(id, "bash -c 'echo > /dev/tcp/10.42.0.1/9'"));
            await _engine.SendAsync(HttpMethod.Delete, $"/containers/{id}?force=1", body: null, Cancel);
        }

        await _engine.SendAsync(HttpMethod.Delete, "/networks/fenced", body: null, Cancel);

        Assert.Equal([true, false, true], answers.Select(static answer => answer.Contains("refused", StringComparison.Ordinal)));   // by the host, where nobody listens
    }

    private async Task<string> PrintAsync(string container, string command)
    {
        (int status, JsonNode? exec) = await _engine.SendAsync(
            HttpMethod.Post,
            $"/containers/{container}/exec",
            new JsonObject { ["AttachStdout"] = true, ["Tty"] = true, ["Cmd"] = new JsonArray("sh", "-c", command) }.ToJsonString(),
            Cancel);
        Assert.Equal(201, status);
        using StringContent start = new("""{"Tty":true}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _engine.Client.PostAsync($"/exec/{exec!["Id"]}/start", start, Cancel);   // it was made
        return await answer.Content.ReadAsStringAsync(Cancel);
    }
}
