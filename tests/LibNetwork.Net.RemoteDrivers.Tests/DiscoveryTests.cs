using LibNetwork.Drivers;
using LibNetwork.Drivers.Remote;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>Where plugins are found, and where not.</summary>
[Trait("Feature", "RM-02")]
public sealed class DiscoveryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fake.sock")]
    [InlineData("fake/fake.sock")]
    public async Task A_socket_is_found(string path)
    {
        await using PluginFolder folder = new();
        Assert.Null(await folder.Open().FindNetworkDriverAsync("fake", Cancel));

        await using FakePlugin plugin = FakePlugin.At(Path.Combine(folder.Sockets, path));

        Assert.Equal("fake", (await folder.NetworkDriverAsync()).Name);
    }

    [Theory]
    [InlineData("fake.spec", "{0}\n")]
    [InlineData("fake/fake.spec", "{0}")]
    [InlineData("fake.json", """{{"Name":"fake","Addr":"{0}","Other":1}}""")]
    [InlineData("fake/fake.json", """{{"Addr":"{0}"}}""")]
    public async Task A_file_says_where_a_plugin_is(string path, string content)
    {
        await using PluginFolder folder = new();
        string socket = Path.Combine(folder.Sockets, "elsewhere.sock");
        await using FakePlugin local = FakePlugin.At(socket);
        await using FakePlugin remote = FakePlugin.OverTcp();
        string file = Path.Combine(folder.Specs, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
        foreach ((string address, FakePlugin plugin) in new[] { ($"unix://{socket}", local), ($"tcp://127.0.0.1:{remote.Port}", remote), ($"http://127.0.0.1:{remote.Port}", remote) })
        {
            await File.WriteAllTextAsync(file, string.Format(System.Globalization.CultureInfo.InvariantCulture, content, address), Cancel);
            plugin.Requests.Clear();

            await folder.NetworkDriverAsync();

            Assert.Equal("Plugin.Activate", plugin.Requests.First().Verb);
        }
    }

    [Fact]
    public async Task A_socket_wins_over_a_file()
    {
        await using PluginFolder folder = new();
        await using FakePlugin socket = folder.Start();
        await using FakePlugin remote = FakePlugin.OverTcp();
        await File.WriteAllTextAsync(Path.Combine(folder.Specs, "fake.spec"), $"tcp://127.0.0.1:{remote.Port}", Cancel);

        await folder.NetworkDriverAsync();

        Assert.NotEmpty(socket.Requests);
        Assert.Empty(remote.Requests);
    }

    [Theory]
    [InlineData("../sockets/fake")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("fake/fake")]
    [InlineData("/run/fake")]
    [InlineData("fake\0")]
    [InlineData("-fake")]
    public async Task What_is_no_name_is_not_looked_for(string name)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        IDriverSource source = folder.Open();
        Assert.NotNull(await source.FindNetworkDriverAsync("fake", Cancel));
        plugin.Requests.Clear();

        Assert.Null(await source.FindNetworkDriverAsync(name, Cancel));
        Assert.Null(await source.FindIpamDriverAsync(name, Cancel));
        Assert.Empty(plugin.Requests);
    }

    [Fact]
    public async Task What_others_could_have_put_there_is_not_used()
    {
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        string spec = Path.Combine(folder.Specs, "other.spec");
        await File.WriteAllTextAsync(spec, $"unix://{folder.FakeSocket}", Cancel);
        foreach ((string path, string name) in new[] { (folder.Sockets, "fake"), (folder.FakeSocket, "fake"), (folder.Specs, "other"), (spec, "other") })
        {
            File.SetUnixFileMode(path, Own | UnixFileMode.OtherWrite);
            plugin.Requests.Clear();

            PluginException refused = await Assert.ThrowsAsync<PluginException>(async () => await folder.Open().FindNetworkDriverAsync(name, Cancel));

            Assert.Equal(NetworkErrorKind.PermissionDenied, refused.Kind);
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Empty(plugin.Requests);
            File.SetUnixFileMode(path, Own);
            Assert.NotNull(await folder.Open().FindNetworkDriverAsync(name, Cancel));
        }
    }

    [Theory]
    [InlineData("bad.spec", "")]
    [InlineData("bad.spec", "not an address")]
    [InlineData("bad.spec", "tcp://host-without-port")]
    [InlineData("bad.spec", "ftp://192.0.2.1:21")]
    [InlineData("bad.spec", "http://user:password@192.0.2.1")]
    [InlineData("bad.json", "{")]
    [InlineData("bad.json", """{"Name":"bad"}""")]
    [InlineData("bad.json", """{"Addr":"unix:///a","Addr":"unix:///b"}""")]
    [InlineData("bad.json", """{"Addr":"https://127.0.0.1:1","TLSConfig":{"CAFile":"/nowhere/ca.pem"}}""")]
    public async Task A_file_that_makes_no_sense_is_an_error_that_names_it(string file, string content)
    {
        await using PluginFolder folder = new();
        await File.WriteAllTextAsync(Path.Combine(folder.Specs, file), content, Cancel);

        PluginException refused = await Assert.ThrowsAsync<PluginException>(async () => await folder.Open().FindNetworkDriverAsync("bad", Cancel));

        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
        Assert.Equal("bad", refused.Plugin);
    }

    [Fact]
    public async Task A_plugin_that_is_about_to_start_is_awaited()
    {
        await using PluginFolder folder = new();
        Task<INetworkDriver> driver = folder.NetworkDriverAsync(static options => options.Patience = TimeSpan.FromMinutes(1));
        Assert.False(driver.IsCompleted);

        await using FakePlugin plugin = folder.Start();

        Assert.Equal("fake", (await driver).Name);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_at_is_awaited_too_and_then_an_error_that_names_it()
    {
        await using PluginFolder folder = new();
        await using (FakePlugin gone = folder.Start())
        {
            File.Move(folder.FakeSocket, folder.FakeSocket + "-kept");   // closing a listener removes its file
        }

        File.Move(folder.FakeSocket + "-kept", folder.FakeSocket);
        PluginException dead = await Assert.ThrowsAsync<PluginException>(() => folder.NetworkDriverAsync());
        Assert.Equal(NetworkErrorKind.Unavailable, dead.Kind);
        Assert.Equal(folder.FakeSocket, dead.Address);
        Assert.Contains(folder.FakeSocket, dead.Message, StringComparison.Ordinal);

        Task<INetworkDriver> driver = folder.NetworkDriverAsync(static options => options.Patience = TimeSpan.FromMinutes(1));
        File.Delete(folder.FakeSocket);
        await using FakePlugin plugin = folder.Start();
        Assert.Equal("fake", (await driver).Name);
    }

    [Fact]
    public async Task After_a_wait_in_vain_the_next_lookup_does_not_wait()
    {
        await using PluginFolder folder = new();
        CountingTime time = new();
        IDriverSource source = folder.Open(static options => options.Patience = TimeSpan.FromSeconds(1), time);
        Assert.Null(await source.FindNetworkDriverAsync("fake", Cancel));
        Assert.Equal(3, time.Timers);   // 0.1, 0.2 and 0.4 s; another 0.8 would be too long

        Assert.Null(await source.FindNetworkDriverAsync("fake", Cancel));
        Assert.Equal(3, time.Timers);

        await using FakePlugin plugin = folder.Start();
        Assert.NotNull(await source.FindNetworkDriverAsync("fake", Cancel));
    }

    [Fact]
    public async Task Waiting_is_cancelled()
    {
        await using PluginFolder folder = new();
        using CancellationTokenSource cancellation = new();
        ValueTask<INetworkDriver?> driver = folder.Open(static options => options.Patience = TimeSpan.FromMinutes(10)).FindNetworkDriverAsync("fake", cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await driver);
    }

    [Fact]
    public async Task A_plugin_of_another_kind_is_not_found()
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("Plugin.Activate", """{"Implements":["VolumeDriver","IpamDriver"]}""");

        PluginException refused = await Assert.ThrowsAsync<PluginException>(() => folder.NetworkDriverAsync());

        Assert.Equal(NetworkErrorKind.NotFound, refused.Kind);
        Assert.Contains("VolumeDriver", refused.Message, StringComparison.Ordinal);
        Assert.Equal("fake", (await folder.IpamDriverAsync()).Name);
    }

    [Fact]
    public async Task A_plugin_is_activated_once_and_found_again_where_it_moved()
    {
        await using PluginFolder folder = new();
        IDriverSource source = folder.Open();
        await using FakePlugin first = FakePlugin.OverTcp();
        await using FakePlugin second = FakePlugin.OverTcp();
        string spec = Path.Combine(folder.Specs, "fake.spec");
        await File.WriteAllTextAsync(spec, $"tcp://127.0.0.1:{first.Port}", Cancel);
        INetworkDriver driver = await source.FindNetworkDriverAsync("fake", Cancel) ?? throw new InvalidOperationException("not found");
        await source.FindIpamDriverAsync("fake", Cancel);
        Assert.Single(first.Requests, static request => request.Verb == "Plugin.Activate");

        await File.WriteAllTextAsync(spec, $"tcp://127.0.0.1:{second.Port}", Cancel);
        await driver.CreateNetworkAsync(new DriverNetworkRequest { Id = NetworkId.New(), Name = "web" }, Cancel);

        Assert.Equal(["NetworkDriver.CreateNetwork"], second.Verbs);
        Assert.Empty(first.Verbs);
    }

    [Theory]
    [InlineData("""{"Scope":""}""")]
    [InlineData("""{"Scope":"blah"}""")]
    [InlineData("""{"Scope":"local","ConnectivityScope":"blah"}""")]
    [InlineData("""{}""")]
    public async Task A_scope_that_there_is_not_is_refused(string capabilities)
    {
        await using PluginFolder folder = new();
        await using FakePlugin plugin = folder.Start();
        plugin.Answer("NetworkDriver.GetCapabilities", capabilities);

        PluginException wrong = await Assert.ThrowsAsync<PluginException>(() => folder.NetworkDriverAsync());

        Assert.Contains("Scope", wrong.Message, StringComparison.Ordinal);
        plugin.Answer("NetworkDriver.GetCapabilities", """{"Scope":"local","ConnectivityScope":"global"}""");
        DriverCapabilities capable = (await folder.NetworkDriverAsync()).Capabilities;
        Assert.Equal((NetworkScope.Local, NetworkScope.Global), (capable.DataScope, capable.ConnectivityScope));
    }

    /// <summary>Counts how often somebody waits.</summary>
    private sealed class CountingTime : TimeProvider
    {
        private int _timers;

        public int Timers => _timers;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _timers);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
