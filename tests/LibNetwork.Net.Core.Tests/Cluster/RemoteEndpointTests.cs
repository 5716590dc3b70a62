using System.Net;
using System.Text;
using LibNetwork.Cluster;
using LibNetwork.Stores;
using LibNetwork.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Endpoints of a network that hosts share: who finds whom when, by name and by address.</summary>
public sealed class RemoteEndpointTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly LineLogger _log = new();
    private readonly SharedStore _store;
    private readonly EndpointHost _one;
    private readonly EndpointHost _other;
    private EndpointState _web = null!;   // InitializeAsync sets it
    private EndpointState _db = null!;   // InitializeAsync sets it

    public RemoteEndpointTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (new EndpointHost(_store, _clock, 1), new EndpointHost(_store, _clock, 2, _log));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _web = await _one.JoinAsync("web", "10.9.0.1", "www");
        _db = await _other.JoinAsync("db", "10.9.0.2");
        await _clock.UntilAsync(() => _one.Find("db").Length == 1 && _other.Find("web").Length == 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task An_endpoint_is_found_by_its_names_and_its_driver_is_told_on_nodes_that_take_part_and_on_no_other()
    {
        await using EndpointHost apart = new(_store, _clock, 3);
        await apart.Node.JoinAsync(Cancel);
        await _one.JoinAsync("late", "10.9.0.3");
        await _clock.UntilAsync(() => _other.Find("late").Length == 1);

        Assert.Equal(["10.9.0.1"], _other.Find("www"));
        Assert.Equal(["10.9.0.1 at 192.0.2.1", "10.9.0.3 at 192.0.2.1"], _other.Peers.Addresses);
        RemoteEndpoint web = Assert.Single(_other.Remote.All, static endpoint => endpoint.Name == "web");
        Assert.Equal((_web.Id, _web.MacAddress, "host1", null), (web.Id, web.MacAddress, web.NodeId.Value, web.SilentSince));
        Assert.Empty(apart.Remote.All);
        Assert.Empty(apart.Peers.Addresses);
        Assert.Empty(apart.Find("web"));
    }

    [Fact]
    public async Task An_endpoint_that_leaves_is_not_found_any_more_and_whoever_leaves_last_knows_nobody()
    {
        await _one.JoinAsync("other", "10.9.0.4");
        await _one.LeaveAsync(_web);
        await _clock.UntilAsync(() => _other.Peers.Addresses.SequenceEqual(["10.9.0.4 at 192.0.2.1"]) && _other.Find("other").Length == 1);
        Assert.Empty(_other.Find("web"));

        await _other.LeaveAsync(_db);

        Assert.Empty(_other.Remote.All);
        Assert.Empty(_other.Peers.Addresses);
        Assert.Empty(_other.Find("other"));
    }

    [Fact]
    public async Task A_name_that_two_nodes_have_leads_to_both()
    {
        await _other.JoinAsync("web", "10.9.0.5");
        await _clock.UntilAsync(() => _one.Find("web").Length == 2);

        Assert.Equal(["10.9.0.1", "10.9.0.5"], _other.Find("web"));
    }

    [Fact]
    public async Task A_renamed_endpoint_is_found_by_its_new_names_and_stays_reachable_meanwhile()
    {
        int changes = _other.Peers.Changes;

        _one.Rename(_web, "shop", "store");
        await _clock.UntilAsync(() => _other.Find("store").Length == 1);

        Assert.Equal(["10.9.0.1"], _other.Find("shop"));
        Assert.Empty(_other.Find("web"));
        Assert.Equal(changes, _other.Peers.Changes);
    }

    [Fact, Trait("Feature", "ND-04")]
    public async Task A_node_that_is_cut_off_keeps_the_names_of_others_and_the_others_the_way_to_it_but_not_its_names()
    {
        (int ofOne, int ofOther) = (_one.Peers.Changes, _other.Peers.Changes);
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Presence + SharedStore.Grace);
        await _clock.UntilAsync(() => _other.Find("web").Length == 0 && _one.Node.Connection == ClusterConnection.CutOff);
        _clock.Advance(ClusterHost.Holding / 2);

        Assert.Equal(["10.9.0.2"], _one.Find("db"));
        Assert.NotNull(Assert.Single(_one.Remote.All).SilentSince);
        Assert.NotNull(Assert.Single(_other.Remote.All).SilentSince);
        Assert.Equal(["10.9.0.1 at 192.0.2.1"], _other.Peers.Addresses);

        _one.Connection.Heal();
        await _clock.UntilAsync(() => _other.Find("web").Length == 1 && _one.Remote.All[0].SilentSince is null);
        Assert.Null(Assert.Single(_other.Remote.All).SilentSince);
        Assert.Equal((ofOne, ofOther), (_one.Peers.Changes, _other.Peers.Changes));   // nothing came and went
    }

    [Fact]
    public async Task What_changes_while_a_node_is_cut_off_is_known_to_all_when_it_is_back()
    {
        _one.Connection.Cut();
        EndpointState lost = await _one.JoinAsync("lost", "10.9.0.6");
        await _one.JoinAsync("new", "10.9.0.7");
        await _other.JoinAsync("theirs", "10.9.0.8");
        await _other.LeaveAsync(_db);
        await _one.LeaveAsync(lost);
        await _one.LeaveAsync(_web);
        _clock.Advance(ClusterHost.Presence * 2);
        Assert.Equal(["10.9.0.2"], _one.Find("db"));   // as last known

        _one.Connection.Heal();
        await _clock.UntilAsync(() => _other.Find("new").Length == 1 && _one.Find("theirs").Length == 1
            && _other.Peers.Addresses.SequenceEqual(["10.9.0.7 at 192.0.2.1"]) && _one.Peers.Addresses.SequenceEqual(["10.9.0.8 at 192.0.2.2"]));

        Assert.Empty(_one.Find("db"));
        Assert.Empty(_other.Find("web"));
        Assert.Empty(_other.Find("lost"));
    }

    [Fact]
    public async Task A_dead_nodes_names_go_within_its_presence_and_the_way_to_it_with_its_addresses()
    {
        await _one.EndAsync();
        _clock.Advance(ClusterHost.Presence + SharedStore.Grace);
        await _clock.UntilAsync(() => _other.Find("web").Length == 0);
        Assert.Equal(["10.9.0.1 at 192.0.2.1"], _other.Peers.Addresses);

        _clock.Advance(ClusterHost.Holding);
        await _clock.UntilAsync(() => _other.Peers.Addresses.Count == 0);

        Assert.Empty(_other.Remote.All);
        Assert.DoesNotContain(_store.Entries, static entry => entry.Key.Contains("host1", StringComparison.Ordinal));
    }

    [Fact, Trait("Feature", "ND-04")]
    public async Task A_node_that_leaves_the_cluster_takes_its_endpoints_with_it_at_once()
    {
        await _one.Node.LeaveAsync(Cancel);
        await _clock.UntilAsync(() => _other.Peers.Addresses.Count == 0);

        Assert.Empty(_other.Find("web"));
    }

    [Fact]
    public async Task A_node_that_lost_its_holding_announces_all_again()
    {
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Holding + SharedStore.Grace);
        await _clock.UntilAsync(() => _other.Peers.Addresses.Count == 0);

        _one.Connection.Heal();
        await _clock.UntilAsync(() => _other.Find("web").Length == 1);

        Assert.Equal(["10.9.0.1 at 192.0.2.1"], _other.Peers.Addresses);
    }

    [Fact]
    public async Task The_next_process_of_a_host_withdraws_what_it_does_not_have_and_forgets_peers_that_are_gone()
    {
        EndpointState stays = await _one.JoinAsync("stays", "10.9.0.9");
        await _clock.UntilAsync(() => _other.Find("stays").Length == 1);
        int changes = _other.Peers.Changes;
        await _other.JoinAsync("third", "10.9.0.10");
        await _clock.UntilAsync(() => _one.Peers.Addresses.Count == 2);
        await _one.EndAsync();
        await _other.LeaveAsync(_db);
        Assert.Contains("10.9.0.2 at 192.0.2.2", _one.Peers.Addresses);   // in its kernel

        await _one.RestartAsync(_web);
        await _clock.UntilAsync(() => _other.Peers.Addresses.SequenceEqual(["10.9.0.9 at 192.0.2.1"]) && _one.Find("third").Length == 1);

        Assert.Equal(["10.9.0.10 at 192.0.2.2"], _one.Peers.Addresses);
        Assert.Empty(_other.Find("web"));
        Assert.Equal(["10.9.0.9"], _other.Find("stays"));
        Assert.Equal(changes + 1, _other.Peers.Changes);   // only the one that is gone
        Assert.Contains(stays, _one.Joined);
    }

    [Fact]
    public async Task A_process_that_starts_while_the_store_is_not_reached_leaves_the_kernel_as_it_is_and_does_not_wait_for_long()
    {
        await _one.EndAsync();
        await using EndpointHost again = new(_store, _clock, 1);
        again.Connection.Cut();
        await again.Peers.AddAsync(EndpointHost.Network, [new() { IPv4 = IPAddress.Parse("10.9.0.2"), MacAddress = MacAddress.Of(IPAddress.Parse("10.9.0.2")), NodeAddress = IPAddress.Parse("192.0.2.2") }], Cancel);
        EndpointState joined = await again.JoinAsync("web", "10.9.0.1");
        DateTimeOffset before = _clock.GetUtcNow();
        Task ready = again.Remote.ReadyAsync(Cancel).AsTask();
        await _clock.UntilAsync(() => ready.IsCompleted);

        Assert.True(_clock.GetUtcNow() - before < TimeSpan.FromSeconds(5), "a join waits for the store");
        Assert.Equal(["10.9.0.2 at 192.0.2.2"], again.Peers.Addresses);
        again.Connection.Heal();
        await _clock.UntilAsync(() => again.Find("db").Length == 1);
        await again.LeaveAsync(joined);
        Assert.Empty(again.Peers.Addresses);
    }

    [Fact]
    public async Task A_commit_of_which_nobody_knows_whether_it_happened_leaves_nothing_wrong_behind()
    {
        for (int i = 0; i < 5; i++)
        {
            _one.Connection.LoseNextAnswer();
            EndpointState brief = await _one.JoinAsync($"brief{i}", "10.9.0.11");
            await _clock.UntilAsync(() => _other.Find($"brief{i}").Length == 1);
            _one.Connection.LoseNextAnswer();
            await _one.LeaveAsync(brief);
            Task withdrawn = _one.WithdrawnAsync(brief).AsTask();
            await _clock.UntilAsync(() => withdrawn.IsCompleted);
            Assert.DoesNotContain(_store.Entries, entry => entry.Key.EndsWith(brief.Id.Value, StringComparison.Ordinal));
        }

        await _clock.UntilAsync(() => _other.Peers.Addresses.SequenceEqual(["10.9.0.1 at 192.0.2.1"]));
        Assert.Empty(_other.Find("brief4"));
    }

    [Fact]
    public async Task A_driver_that_fails_is_told_again()
    {
        _other.Peers.Failures = 3;
        await _one.JoinAsync("late", "10.9.0.3");
        await _clock.UntilAsync(() => _other.Find("late").Length == 1);

        Assert.Equal(0, _other.Peers.Failures);
        Assert.Contains("10.9.0.3 at 192.0.2.1", _other.Peers.Addresses);
    }

    [Fact]
    public async Task A_driver_that_will_not_forget_peers_does_not_hold_an_endpoint_and_is_told_when_the_next_joins()
    {
        _other.Peers.Failures = 1;
        await _other.LeaveAsync(_db);
        Assert.Equal(["10.9.0.1 at 192.0.2.1"], _other.Peers.Addresses);   // the control
        await _one.LeaveAsync(_web);

        await _other.JoinAsync("db", "10.9.0.2");
        await _clock.UntilAsync(() => _other.Peers.Addresses.Count == 0);

        Assert.Contains(_log.Lines, static line => line.Contains("could not be told to forget", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.8.0.9","MacAddress":"02:42:0a:08:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"::ffff:10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x","localhost"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x",null],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x","a b"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"03:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"mac","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"somewhere"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv6":"fe80::1%3","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"PortNames":{"http":"80/ip"},"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", "not JSON")]
    [InlineData("host9/e9", "null")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":"x"}""")]
    [InlineData("e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9/more", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host 9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.2","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]   // an endpoint here has it
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.1","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}""")]   // another peer has it
    [InlineData("host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.9","MacAddress":"02:42:0a:09:00:01","NodeAddress":"192.0.2.9"}""")]   // another peer has its hardware address
    public async Task An_endpoint_that_cannot_be_what_it_says_is_left_out_and_holds_up_no_other(string key, string value)
    {
        await using SharedStoreConnection stranger = _store.Connect();
        await PutAsync(stranger, "cluster/v1/nodes/host9", """{"Name":"host 9","Address":"192.0.2.9","HoldingDuration":"00:10:00"}""");
        await PutAsync(
            stranger,
            ($"cluster/v1/endpoints/shared/{key}", value),
            ("cluster/v1/endpoints/shared/host9/good", """{"Name":"good","DnsNames":["good"],"IPv4":"10.9.0.77","MacAddress":"02:42:0a:09:00:4d","NodeAddress":"192.0.2.9"}"""));
        await _clock.UntilAsync(() => _other.Find("good").Length == 1);

        Assert.Empty(_other.Find("x"));
        Assert.Equal(["10.9.0.1 at 192.0.2.1", "10.9.0.77 at 192.0.2.9"], _other.Peers.Addresses);
        Assert.Equal(["10.9.0.1"], _other.Find("web"));
        Assert.Contains(_log.Lines, line => line.Contains($"shared/{key} ", StringComparison.Ordinal) && line.Contains("is left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_cannot_take_the_names_of_another_by_its_id()
    {
        await using SharedStoreConnection stranger = _store.Connect();
        await PutAsync(stranger, "cluster/v1/nodes/host9", """{"Name":"host 9","Address":"192.0.2.9","HoldingDuration":"00:10:00"}""");
        await PutAsync(
            stranger,
            ($"cluster/v1/endpoints/shared/host9/{_web.Id}", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.66","MacAddress":"02:42:0a:09:00:42","NodeAddress":"192.0.2.9"}"""),
            ($"cluster/v1/endpoints/shared/host9/{_db.Id}", """{"Name":"y","DnsNames":["y"],"IPv4":"10.9.0.67","MacAddress":"02:42:0a:09:00:43","NodeAddress":"192.0.2.9"}"""),
            ("cluster/v1/endpoints/shared/host9/good", """{"Name":"good","DnsNames":["good"],"IPv4":"10.9.0.77","MacAddress":"02:42:0a:09:00:4d","NodeAddress":"192.0.2.9"}"""));
        await _clock.UntilAsync(() => _other.Find("good").Length == 1);

        Assert.Equal(["10.9.0.1"], _other.Find("web"));
        Assert.Equal(["10.9.0.2"], _other.Find("db"));
        Assert.Empty(_other.Find("x"));
        Assert.Empty(_other.Find("y"));
    }

    [Fact]
    public async Task An_endpoint_that_was_left_out_is_let_in_when_what_it_shared_with_another_is_free()
    {
        await using SharedStoreConnection stranger = _store.Connect();
        await PutAsync(stranger, "cluster/v1/nodes/host9", """{"Name":"host 9","Address":"192.0.2.9","HoldingDuration":"00:10:00"}""");
        await PutAsync(
            stranger,
            ("cluster/v1/endpoints/shared/host9/e9", """{"Name":"x","DnsNames":["x"],"IPv4":"10.9.0.1","MacAddress":"02:42:0a:09:00:09","NodeAddress":"192.0.2.9"}"""),
            ("cluster/v1/endpoints/shared/host9/e8", """{"Name":"y","DnsNames":["y"],"IPv4":"10.9.0.2","MacAddress":"02:42:0a:09:00:08","NodeAddress":"192.0.2.9"}"""));
        await _clock.UntilAsync(() => _log.Lines.Count == 2);
        Assert.Empty(_other.Find("x"));
        await _other.JoinAsync("stays", "10.9.0.3");

        await _other.LeaveAsync(_db);
        await _one.LeaveAsync(_web);
        await _clock.UntilAsync(() => _other.Find("x").Length == 1 && _other.Find("y").Length == 1);

        Assert.Equal(["10.9.0.1 at 192.0.2.9", "10.9.0.2 at 192.0.2.9"], _other.Peers.Addresses);
    }

    [Fact]
    public async Task An_address_that_was_another_nodes_is_waited_for_until_nobody_is_known_under_it()
    {
        IPAddress[] moving = [IPAddress.Parse("10.9.0.1")];
        Task tooLong = _other.Remote.YieldAsync(moving, Cancel).AsTask();
        await _clock.UntilAsync(() => tooLong.IsCompleted);   // the control: not for ever
        Assert.Contains("10.9.0.1 at 192.0.2.1", _other.Peers.Addresses);

        await _one.LeaveAsync(_web);
        await _other.Remote.YieldAsync(moving, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.Empty(_other.Peers.Addresses);
    }

    private static Task PutAsync(SharedStoreConnection stranger, string key, string value) => PutAsync(stranger, (key, value));

    private static async Task PutAsync(SharedStoreConnection stranger, params (string Key, string Value)[] puts)
        => await stranger.TryCommitAsync(
            new StoreTransaction { Puts = [.. puts.Select(static put => (put.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(put.Value)))] }, Cancel);

    /// <summary>Keeps what is logged, down to warnings.</summary>
    private sealed class LineLogger : ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_gate)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lock (_gate)
                {
                    _lines.Add(formatter(state, exception));
                }
            }
        }
    }
}
