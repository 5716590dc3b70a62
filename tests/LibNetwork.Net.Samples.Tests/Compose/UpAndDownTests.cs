using System.Text.Json.Nodes;
using MiniRuntime.Compose;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Compose.Reading;
using MiniRuntime.Compose.Reporting;
using MiniRuntime.Compose.Work;

namespace LibNetwork.Samples.Tests.Compose;

public sealed class UpAndDownTests : IAsyncLifetime
{
    private const string Shop =
        """
        services:
          web: { image: bb, networks: [front, back], depends_on: [db], scale: 2 }
          db: { image: bb, networks: { back: { ipv4_address: 10.5.0.7 } } }
        networks:
          front:
          back: { ipam: { config: [{ subnet: 10.5.0.0/24 }] } }
        """;

    private readonly StringWriter _output = new();
    private FakeEngine _engine = null!;   // set before each test

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _engine = await FakeEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Up_makes_networks_then_containers_in_their_order()
    {
        await UpAsync(Shop);

        Assert.Equal(
            [
                "create network shop_front",
                "create network shop_back",
                "create container shop-db-1",
                "start shop-db-1",
                "create container shop-web-1",
                "connect shop-web-1 shop_back",
                "start shop-web-1",
                "create container shop-web-2",
                "connect shop-web-2 shop_back",
                "start shop-web-2",
            ],
            _engine.Calls);
        JsonNode db = _engine.Container("shop-db-1")["Body"]!;
        Assert.Equal("shop_back", (string?)db["HostConfig"]!["NetworkMode"]);
        Assert.Equal("10.5.0.7", (string?)db["NetworkingConfig"]!["EndpointsConfig"]!["shop_back"]!["IPAMConfig"]!["IPv4Address"]);
        Assert.Equal("db", (string?)db["NetworkingConfig"]!["EndpointsConfig"]!["shop_back"]!["Aliases"]![1]);
    }

    [Fact]
    public async Task Up_says_what_it_does()
    {
        await UpAsync("services: { a: { image: bb } }");

        Assert.Matches(
            """
            ^Network shop_default  Creating
            Network shop_default  Created  \d+\.\ds
            Container shop-a-1  Creating
            Container shop-a-1  Created  \d+\.\ds
            Container shop-a-1  Starting
            Container shop-a-1  Started  \d+\.\ds
            $
            """.ReplaceLineEndings(),
            _output.ToString());
    }

    [Fact]
    public async Task Up_again_changes_nothing()
    {
        await UpAsync(Shop);
        _engine.ForgetCalls();

        await UpAsync(Shop);

        Assert.Empty(_engine.Calls);
    }

    [Fact]
    public async Task Up_replaces_a_container_that_differs_only_when_the_new_one_runs()
    {
        await UpAsync(Shop);
        _engine.ForgetCalls();

        await UpAsync(Shop.Replace("db: { image: bb,", "db: { image: bb, hostname: h,", StringComparison.Ordinal));

        Assert.Equal(
            ["stop shop-db-1", "rename shop-db-1", "create container shop-db-1", "start shop-db-1", "remove container 000000000003_shop-db-1"],
            _engine.Calls);
        Assert.Equal(["shop-db-1", "shop-web-1", "shop-web-2"], _engine.ContainerNames);
    }

    [Fact]
    public async Task Up_replaces_a_network_that_differs_with_its_containers()
    {
        await UpAsync(Shop);
        _engine.ForgetCalls();

        await UpAsync(Shop.Replace("  front:", "  front: { internal: true }", StringComparison.Ordinal));

        Assert.Equal(["remove container shop-web-1", "remove container shop-web-2"], _engine.Calls.Take(2).Order(StringComparer.Ordinal));
        Assert.Equal("remove network shop_front", _engine.Calls[2]);
        Assert.DoesNotContain(_engine.Calls, call => call.Contains("shop-db-1", StringComparison.Ordinal));
        Assert.Equal(["shop-db-1", "shop-web-1", "shop-web-2"], _engine.ContainerNames);
    }

    [Fact]
    public async Task Up_removes_containers_beyond_the_number()
    {
        await UpAsync(Shop);

        await UpAsync(Shop.Replace("scale: 2", "scale: 1", StringComparison.Ordinal));

        Assert.Equal(["shop-db-1", "shop-web-1"], _engine.ContainerNames);
    }

    [Theory]
    [InlineData("create network shop_back")]
    [InlineData("create container shop-db-1")]
    [InlineData("start shop-db-1")]
    [InlineData("connect shop-web-2 shop_back")]
    [InlineData("start shop-web-2")]
    public async Task A_failure_undoes_all_in_reverse(string call)
    {
        _engine.Refuse = made => made == call ? "the disk is full" : null;

        EngineRefusalException exception = await Assert.ThrowsAsync<EngineRefusalException>(() => UpAsync(Shop));

        Assert.Equal("the disk is full", exception.Message);
        Assert.Empty(_engine.NetworkNames);
        Assert.Empty(_engine.ContainerNames);
        Assert.Equal("remove network shop_front", _engine.Calls[^1]);
    }

    [Fact]
    public async Task A_failure_brings_back_what_had_made_way()
    {
        await UpAsync(Shop);
        _engine.Refuse = call => call == "start shop-web-1" && _engine.ContainerNames.Count > 3 ? "no" : null;

        await Assert.ThrowsAsync<EngineRefusalException>(() => UpAsync(Shop.Replace("scale: 2", "scale: 2, hostname: h", StringComparison.Ordinal)));

        Assert.Equal(["shop-db-1", "shop-web-1", "shop-web-2"], _engine.ContainerNames);   // and all run
        Assert.Null((string?)_engine.Container("shop-web-1")["Body"]!["Hostname"]);
    }

    [Fact]
    public async Task What_cannot_be_undone_is_said_too()
    {
        _engine.Refuse = call => call switch { "start shop-db-1" => "first", "remove network shop_back" => "second", _ => null };

        AggregateException exception = await Assert.ThrowsAsync<AggregateException>(() => UpAsync(Shop));

        Assert.Equal(["first", "second"], exception.InnerExceptions.Select(inner => inner.Message));
        Assert.Equal(["shop_back"], _engine.NetworkNames);
    }

    [Theory]
    [InlineData("create network shop_front")]
    [InlineData("create container shop-db-1")]
    [InlineData("start shop-web-1")]
    public async Task An_interruption_undoes_all(string call)
    {
        using CancellationTokenSource interrupt = new();
        _engine.Refuse = made =>
        {
            if (made == call)
            {
                interrupt.Cancel();
            }

            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UpAsync(Shop, interrupt.Token));

        Assert.Empty(_engine.NetworkNames);
        Assert.Empty(_engine.ContainerNames);
    }

    [Fact]
    public async Task A_service_starts_when_the_one_that_it_waits_for_has_ended_well()
    {
        const string Text = "services: { a: { image: bb, depends_on: { init: { condition: service_completed_successfully } } }, init: { image: bb, hostname: HOW } }";

        await UpAsync(Text.Replace("HOW", "well", StringComparison.Ordinal));
        string[] calls = [.. _engine.Calls];
        await DownAsync(Text);
        StackException exception = await Assert.ThrowsAsync<StackException>(() => UpAsync(Text.Replace("HOW", "fails", StringComparison.Ordinal)));

        Assert.Equal(["start shop-init-1", "create container shop-a-1", "wait shop-init-1", "start shop-a-1"], calls[^4..]);
        Assert.Contains("ended with exit code 3", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.ContainerNames);
    }

    [Fact]
    public async Task A_service_shares_the_network_of_another_by_its_id()
    {
        await UpAsync("services: { a: { image: bb }, b: { image: bb, network_mode: \"service:a\" } }");

        Assert.Equal($"container:{_engine.Container("shop-a-1")["Id"]}", (string?)_engine.Container("shop-b-1")["Body"]!["HostConfig"]!["NetworkMode"]);
    }

    [Fact]
    public async Task Down_removes_containers_against_their_order_and_then_networks()
    {
        await UpAsync(Shop);
        _engine.ForgetCalls();

        await DownAsync(Shop);

        Assert.Equal(["remove container shop-db-1", "remove network shop_front", "remove network shop_back"], _engine.Calls.TakeLast(3));
        Assert.Equal("stop shop-db-1", _engine.Calls[4]);
        Assert.Empty(_engine.ContainerNames);
        Assert.Empty(_engine.NetworkNames);
    }

    [Fact]
    public async Task Down_of_nothing_is_quiet()
    {
        await DownAsync(Shop);

        Assert.Empty(_output.ToString());
        Assert.Empty(_engine.Calls);
    }

    [Fact]
    public async Task Down_goes_on_after_an_error_and_says_it_at_the_end()
    {
        await UpAsync(Shop);
        _engine.Refuse = call => call == "remove container shop-web-2" ? "it is busy" : null;

        AggregateException exception = await Assert.ThrowsAsync<AggregateException>(() => DownAsync(Shop));

        Assert.Equal("it is busy", exception.Flatten().InnerExceptions.Single().Message);
        Assert.Equal(["shop-web-2*"], _engine.ContainerNames);
        Assert.Empty(_engine.NetworkNames);
    }

    [Fact]
    public async Task Down_leaves_external_networks_and_other_projects()
    {
        await UpAsync("{ services: { a: { image: bb } } }", project: "other");
        const string Text = "{ services: { a: { image: bb, networks: [n] } }, networks: { n: { external: true, name: other_default } } }";
        await UpAsync(Text);

        await DownAsync(Text);

        Assert.Equal(["other_default"], _engine.NetworkNames);
        Assert.Equal(["other-a-1"], _engine.ContainerNames);
    }

    [Theory]
    [InlineData("1.41", "/v1.41/containers/json")]
    [InlineData("1.99", "/v1.47/containers/json")]
    public async Task Calls_are_made_in_a_version_that_both_sides_know(string version, string path)
    {
        _engine.ApiVersion = version;

        await DownAsync(Shop);

        Assert.Contains(path, _engine.Paths);
    }

    [Fact]
    public async Task An_engine_that_is_not_there_is_said_with_its_socket()
    {
        EngineUnreachableException exception = await Assert.ThrowsAsync<EngineUnreachableException>(() => EngineApi.OpenAsync("/nowhere/engine.sock", Cancel));

        Assert.Contains("/nowhere/engine.sock", exception.Message, StringComparison.Ordinal);
    }

    private async Task UpAsync(string text, CancellationToken? interrupt = null, string project = "shop")
    {
        using EngineApi engine = await EngineApi.OpenAsync(_engine.SocketPath, Cancel);
        ProjectPlan plan = Planner.Plan(StackReader.Read("stack.yml", text, _ => null), project, "/srv/stack.yml");
        ProjectState state = await Surroundings.LookAsync(engine, plan, Cancel);
        Progress progress = new(new LinesView(_output));
        await progress.ShowAsync(() => new BringUp(engine, progress, interrupt ?? Cancel).RunAsync(Changes.Between(plan, state), state));
    }

    private async Task DownAsync(string text)
    {
        using EngineApi engine = await EngineApi.OpenAsync(_engine.SocketPath, Cancel);
        await new TakeDown(engine, new Progress(new LinesView(_output)), Cancel).RunAsync("shop", StackReader.Read("stack.yml", text, _ => null).Services);
    }
}
