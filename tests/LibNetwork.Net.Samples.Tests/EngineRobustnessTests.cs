using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace LibNetwork.Samples.Tests;

[Trait("Category", "Kernel")]
public sealed class EngineRobustnessTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private const int Many = 200;

    private static readonly string[] Halves =
        ["", "GET /_ping HT", "POST /networks/create HTTP/1.1\r\nHost: d\r\nContent-Length: 99\r\n\r\n{\"Name\":\"half\""];

    private readonly RunningEngine _engine = fixture.Engine;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_socket_is_the_owners_and_the_groups_only()
        => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(_engine.SocketPath));

    [Fact]
    public async Task A_second_engine_is_refused_and_the_first_goes_on()
    {
        int exitCode = await _engine.StartRivalAsync(Cancel);

        Assert.Equal(2, exitCode);
        await _engine.GetAsync("/version", Cancel);
    }

    [Fact]
    public async Task A_body_of_50_megabytes_is_refused()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/networks/create");
        request.Content = new ByteArrayContent(new byte[50_000_000]);
        request.Headers.ExpectContinue = true;   // otherwise the answer may cross with the body that nobody reads

        using HttpResponseMessage response = await _engine.Client.SendAsync(request, Cancel);

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task Connections_that_say_half_of_what_they_want_disturb_nobody()
    {
        List<Socket> halves = [];
        for (int i = 0; i < Many; i++)
        {
            Socket socket = await _engine.ConnectAsync(Cancel);
            await socket.SendAsync(Encoding.ASCII.GetBytes(Halves[i % Halves.Length]), Cancel);
            halves.Add(socket);
        }

        JsonNode[] versions = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => _engine.GetAsync("/version", Cancel)));
        halves.ForEach(socket => socket.Dispose());

        Assert.Equal(Many, versions.Length);
        Assert.Empty(await _engine.NetworkNamesAsync("""{"name":["half"]}""", Cancel));
    }

    [Fact]
    public async Task Events_tell_what_happens_and_what_has_happened()
    {
        using Stream stream = await _engine.Client.GetStreamAsync("/events?filters=%7B%22type%22%3A%5B%22network%22%5D%2C%22network%22%3A%5B%22told%22%5D%7D", Cancel);
        using StreamReader told = new(stream);
        string id = await _engine.CreateNetworkAsync("""{"Name":"told"}""", Cancel);
        await _engine.CreateNetworkAsync("""{"Name":"else"}""", Cancel);
        await _engine.SendAsync(HttpMethod.Delete, "/networks/told", body: null, Cancel);
        JsonNode created = JsonNode.Parse((await told.ReadLineAsync(Cancel))!)!;
        JsonNode destroyed = JsonNode.Parse((await told.ReadLineAsync(Cancel))!)!;
        string past = await _engine.Client.GetStringAsync($"/events?since=1&until={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.999999999&filters=%7B%22event%22%3A%5B%22destroy%22%5D%7D", Cancel);

        Assert.Equal(("network", "create", id), ((string?)created["Type"], (string?)created["Action"], (string?)created["Actor"]!["ID"]));
        Assert.Equal("""{"name":"told","type":"bridge"}""", created["Actor"]!["Attributes"]!.ToJsonString());
        Assert.Equal("destroy", (string?)destroyed["Action"]);
        Assert.Contains(id, past, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_leaves_in_mid_stream_is_forgotten()
    {
        List<Socket> listeners = [];
        for (int i = 0; i < Many; i++)
        {
            Socket socket = await _engine.ConnectAsync(Cancel);
            await socket.SendAsync("GET /events HTTP/1.1\r\nHost: d\r\n\r\n"u8.ToArray(), Cancel);
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[64], Cancel));   // the answer has begun: it listens
            listeners.Add(socket);
        }

        int during = await ListenersAsync();
        listeners.ForEach(socket => socket.Dispose());
        await _engine.CreateNetworkAsync("""{"Name":"unheard"}""", Cancel);
        while (await ListenersAsync() >= Many)
        {
            await Task.Delay(20, Cancel);
        }

        Assert.InRange(during, Many, int.MaxValue);
    }

    private async Task<int> ListenersAsync() => (int)(await _engine.GetAsync("/info", Cancel))["NEventsListener"]!;
}
