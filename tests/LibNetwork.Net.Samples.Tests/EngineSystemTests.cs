using System.Text.Json.Nodes;

namespace LibNetwork.Samples.Tests;

[Trait("Category", "Kernel")]
public sealed class EngineSystemTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/_ping")]
    [InlineData("HEAD", "/_ping")]
    [InlineData("GET", "/v1.41/_ping")]
    public async Task A_ping_names_the_version(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await _engine.Client.SendAsync(request, Cancel);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("1.47", response.Headers.GetValues("Api-Version").Single());
        Assert.Equal("linux", response.Headers.GetValues("Ostype").Single());
        Assert.Equal(method == "HEAD" ? string.Empty : "OK", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task The_version_says_what_clients_need()
    {
        JsonNode version = await _engine.GetAsync("/version", Cancel);

        Assert.Equal("1.47", (string?)version["ApiVersion"]);
        Assert.Equal("1.41", (string?)version["MinAPIVersion"]);
        Assert.Equal("linux", (string?)version["Os"]);
    }

    [Fact]
    public async Task The_info_names_the_drivers_and_no_swarm()
    {
        JsonNode info = await _engine.GetAsync("/v1.47/info", Cancel);

        Assert.Equal(["bridge", "host", "ipvlan", "macvlan", "null"], info["Plugins"]!["Network"]!.AsArray().Select(name => (string?)name));
        Assert.Equal("inactive", (string?)info["Swarm"]!["LocalNodeState"]);
    }

    [Theory]
    [InlineData("GET", "/nothing", null, 404, "page not found")]
    [InlineData("GET", "/v1.47/nothing", null, 404, "page not found")]
    [InlineData("PUT", "/version", null, 404, "page not found")]
    [InlineData("GET", "/v1.99/version", null, 400, "client version 1.99 is too new")]
    [InlineData("GET", "/v1.12/version", null, 400, "client version 1.12 is too old")]
    [InlineData("GET", "/services", null, 503, "This node is not a swarm manager")]
    [InlineData("GET", "/nodes/x", null, 503, "This node is not a swarm manager")]
    [InlineData("GET", "/volumes/x", null, 404, "get x: no such volume")]
    [InlineData("POST", "/images/create?fromImage=nginx", null, 501, "cannot pull nginx")]
    [InlineData("GET", "/events?since=yesterday", null, 400, "invalid time \"yesterday\"")]
    [InlineData("POST", "/networks/create", "", 400, "invalid JSON")]
    [InlineData("POST", "/networks/create", "{\"Name\":", 400, "invalid JSON")]
    [InlineData("POST", "/networks/create", "{\"Name\":\"a\"} more", 400, "invalid JSON")]
    [InlineData("POST", "/networks/create", "{\"Name\":[]}", 400, "$.Name is of the wrong type")]
    [InlineData("POST", "/networks/create", "{\"Name\":\"a\",\"IPAM\":{\"Config\":{}}}", 400, "$.IPAM.Config is of the wrong type")]
    public async Task A_request_that_cannot_be_served_is_answered_as_dockerd_does(string method, string path, string? body, int status, string message)
    {
        (int actual, JsonNode? answer) = await _engine.SendAsync(new HttpMethod(method), path, body, Cancel);

        Assert.Equal(status, actual);
        Assert.Contains(message, (string?)answer!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_are_no_volumes() => Assert.Empty((await _engine.GetAsync("/volumes", Cancel))["Volumes"]!.AsArray());
}
