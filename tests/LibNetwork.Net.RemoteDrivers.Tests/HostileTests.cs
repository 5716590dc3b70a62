using System.Text.Json.Nodes;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Remote;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>Plugins that break the protocol: each call ends in time with an error that says who and what, and what may have been done is taken back.</summary>
public sealed class HostileTests
{
    private const string Verb = "NetworkDriver.CreateNetwork";
    private const string Opposite = "NetworkDriver.DeleteNetwork";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Bodies => new()
    {
        { "", "not what the protocol says" },
        { "null", "nothing" },
        { "hello", "not what the protocol says" },
        { "[]", "not what the protocol says" },
        { """{"Err":1}""", "not what the protocol says" },
        { """{"Err":"","err":"x"}""", "not what the protocol says" },
        { """{"Err":""", "not what the protocol says" },
        { string.Concat(Enumerable.Repeat("""{"a":""", 5000)) + "1" + new string('}', 5000), "not what the protocol says" },
        { """{"a":"\ud800"}""" + "\u0001", "not what the protocol says" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Nonsense_is_an_error_and_is_taken_back(string body, string expected)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer(Verb, body);

        PluginException wrong = await FailAsync(folder, plugin);

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.Equal([Verb, Opposite], plugin.Verbs);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    public async Task An_endless_body_is_cut_off(string head)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        long written = 0;
        plugin.AnswerRaw(Verb, async (stream, _, cancellationToken) =>
        {
            await FakePlugin.WriteAsync(stream, head + """{"Err":" """, cancellationToken);
            byte[] piece = new byte[64 << 10];
            Array.Fill(piece, (byte)'x');
            while (true)
            {
                await stream.WriteAsync(piece, cancellationToken);
                written += piece.Length;
            }
        });

        PluginException wrong = await FailAsync(folder, plugin);

        Assert.Contains("more than 1048576 bytes", wrong.Message, StringComparison.Ordinal);
        Assert.Equal([Verb, Opposite], plugin.Verbs);
        Assert.InRange(written, 1, 16 << 20);   // what fits into buffers on the way
    }

    [Fact]
    public async Task Endless_headers_are_cut_off()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.AnswerRaw(Verb, static async (stream, _, cancellationToken) =>
        {
            await FakePlugin.WriteAsync(stream, "HTTP/1.1 200 OK\r\n", cancellationToken);
            while (true)
            {
                await FakePlugin.WriteAsync(stream, "X-Header: and one more\r\n", cancellationToken);
            }
        });

        PluginException wrong = await FailAsync(folder, plugin);

        Assert.Contains("endless headers", wrong.Message, StringComparison.Ordinal);
        Assert.Equal([Verb, Opposite], plugin.Verbs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")]
    public async Task Silence_ends_the_call(string beginning)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.AnswerRaw(Verb, async (stream, _, cancellationToken) =>
        {
            await FakePlugin.WriteAsync(stream, beginning, cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });

        PluginException late = await FailAsync(folder, plugin, static options => options.CallTimeout = TimeSpan.FromSeconds(1));

        Assert.Equal(NetworkErrorKind.Unavailable, late.Kind);
        Assert.True(late.IsTransient);
        Assert.Contains("within 1 s", late.Message, StringComparison.Ordinal);
        Assert.Equal([Verb, Opposite], plugin.Verbs);
    }

    [Fact]
    public async Task A_dripping_answer_ends_the_call()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.AnswerRaw(Verb, static async (stream, _, cancellationToken) =>
        {
            await FakePlugin.WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n", cancellationToken);
            while (true)
            {
                await FakePlugin.WriteAsync(stream, " ", cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            }
        });

        PluginException late = await FailAsync(folder, plugin, static options => options.CallTimeout = TimeSpan.FromSeconds(1));

        Assert.Contains("within 1 s", late.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task Hanging_up_is_an_error_and_is_taken_back(string beginning)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.AnswerRaw(Verb, (stream, _, cancellationToken) => FakePlugin.WriteAsync(stream, beginning, cancellationToken));

        PluginException gone = await FailAsync(folder, plugin);

        Assert.Contains(Verb, gone.Message, StringComparison.Ordinal);
        Assert.Equal([Verb, Opposite], plugin.Verbs);
    }

    [Theory]
    [InlineData(200, """{"Err":"no room left"}""")]
    [InlineData(200, """{"err":"no room left","More":{"a":[1]}}""")]
    [InlineData(500, """{"Err":"no room left"}""")]
    [InlineData(400, "no room left\n")]
    public async Task A_refusal_says_what_the_plugin_said_and_nothing_is_taken_back(int status, string body)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer(Verb, body, status);

        PluginException refused = await FailAsync(folder, plugin);

        Assert.Equal("no room left", refused.Answer);
        Assert.Contains("no room left", refused.Message, StringComparison.Ordinal);
        Assert.Equal([Verb], plugin.Verbs);
    }

    [Fact]
    public async Task What_a_plugin_says_comes_short_and_on_one_line()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer(Verb, "first line\nsecond \u001b[31mline" + new string('x', 100_000), status: 500);

        PluginException refused = await FailAsync(folder, plugin);

        Assert.DoesNotContain(refused.Message, static c => char.IsControl(c));
        Assert.InRange(refused.Message.Length, 100, 1000);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        await using FakePlugin elsewhere = FakePlugin.OverTcp();
        plugin.AnswerRaw(Verb, (stream, _, cancellationToken) => FakePlugin.WriteAsync(
            stream, $"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{elsewhere.Port}/{Verb}\r\nContent-Length: 0\r\n\r\n", cancellationToken));

        await FailAsync(folder, plugin);

        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Cancelling_ends_the_call_and_takes_it_back()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        INetworkDriver driver = await folder.NetworkDriverAsync();
        using CancellationTokenSource cancellation = new();
        plugin.AnswerRaw(Verb, async (_, _, cancellationToken) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await driver.CreateNetworkAsync(new DriverNetworkRequest { Id = NetworkId.New(), Name = "web" }, cancellation.Token));

        Assert.Equal([Verb, Opposite], plugin.Verbs);
    }

    [Fact]
    public async Task A_plugin_that_does_not_take_back_either_is_no_other_error()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer(Verb, "nonsense");
        plugin.Answer(Opposite, "nonsense");

        PluginException wrong = await FailAsync(folder, plugin);

        Assert.Contains(Verb, wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>Creates a network, which must fail; a plugin that behaves has no trouble with the same request.</summary>
    private static async Task<PluginException> FailAsync(PluginFolder folder, FakePlugin plugin, Action<RemoteDriverOptions>? configure = null)
    {
        INetworkDriver driver = await folder.NetworkDriverAsync(configure);
        DriverNetworkRequest request = new() { Id = NetworkId.New(), Name = "web" };

        PluginException failure = await Assert.ThrowsAsync<PluginException>(async () => await driver.CreateNetworkAsync(request, Cancel));

        Assert.Equal(FakePlugin.Name, failure.Plugin);
        Assert.Equal(folder.FakeSocket, failure.Address);
        Assert.Contains($"plugin \"{FakePlugin.Name}\" at {folder.FakeSocket}", failure.Message, StringComparison.Ordinal);
        (string Verb, JsonNode? Body)[] asked = [.. plugin.Requests];
        plugin.Answer(Verb, "{}");
        await driver.CreateNetworkAsync(request, Cancel);
        plugin.Requests.Clear();
        foreach ((string Verb, JsonNode? Body) one in asked)
        {
            plugin.Requests.Enqueue(one);
        }

        return failure;
    }
}
