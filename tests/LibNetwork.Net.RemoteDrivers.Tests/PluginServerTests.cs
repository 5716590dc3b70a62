using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using LibNetwork.Drivers;
using LibNetwork.Stores;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>The server as any caller sees it.</summary>
[Trait("Feature", "RM-01")]
public sealed class PluginServerTests : IAsyncDisposable
{
    private const UnixFileMode Expected = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly PluginFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Activation_lists_what_is_there()
    {
        await using (await PluginServer.StartAsync(_folder.FakeSocket, network: new FakeNetworkDriver()))
        {
            Assert.Equal("""{"Implements":["NetworkDriver"]}""", (await PostAsync("Plugin.Activate")).Body);
        }

        await using PluginServer both = await PluginServer.StartAsync(_folder.FakeSocket, static services => services.AddLibNetwork(), network: new FakeNetworkDriver());
        Assert.Equal("""{"Implements":["NetworkDriver","IpamDriver"]}""", (await PostAsync("Plugin.Activate")).Body);
    }

    [Fact]
    public async Task Capabilities_are_the_drivers()
    {
        await using PluginServer server = await PluginServer.StartAsync(
            _folder.FakeSocket, network: new FakeNetworkDriver { Capabilities = new DriverCapabilities { DataScope = NetworkScope.Global, ConnectivityScope = NetworkScope.Global } });

        Assert.Equal("""{"Scope":"global","ConnectivityScope":"global","GwAllocChecker":false}""", (await PostAsync("NetworkDriver.GetCapabilities")).Body);
        Assert.Equal("{}", (await PostAsync("NetworkDriver.DiscoverNew", """{"DiscoveryType":1,"DiscoveryData":{"Address":"192.0.2.1","Self":true}}""")).Body);
        Assert.Equal("""{"Options":{}}""", (await PostAsync("NetworkDriver.AllocateNetwork", """{"NetworkID":"n","Options":{"a":"b"}}""")).Body);
        Assert.Equal("{}", (await PostAsync("NetworkDriver.FreeNetwork", """{"NetworkID":"n"}""")).Body);
    }

    [Theory]
    [InlineData("NetworkDriver.CreateNetwork", "{", 400, "not what the protocol says")]
    [InlineData("NetworkDriver.CreateNetwork", "[]", 400, "not what the protocol says")]
    [InlineData("NetworkDriver.CreateNetwork", """{"NetworkID":"a","networkid":"b"}""", 400, "not what the protocol says")]
    [InlineData("NetworkDriver.CreateNetwork", """{"NetworkID":5}""", 400, "not what the protocol says")]
    [InlineData("NetworkDriver.CreateNetwork", """{}""", 200, "Id")]
    [InlineData("NetworkDriver.CreateNetwork", """{"NetworkID":"../n"}""", 200, "Id")]
    [InlineData("NetworkDriver.CreateNetwork", """{"NetworkID":"n","IPv4Data":[{"Pool":"everything"}]}""", 200, "Pool")]
    [InlineData("NetworkDriver.CreateEndpoint", """{"NetworkID":"n","EndpointID":"e","Interface":{"Address":"here"}}""", 200, "Address")]
    [InlineData("NetworkDriver.CreateEndpoint", """{"NetworkID":"n","EndpointID":"e","Options":{"com.docker.network.portmap":[{"Proto":6,"Port":70000}]}}""", 200, "portmap")]
    [InlineData("NetworkDriver.CreateEndpoint", """{"NetworkID":"n","EndpointID":"e","Options":{"com.docker.network.portmap":"all"}}""", 200, "portmap")]
    [InlineData("NetworkDriver.Join", """{"NetworkID":"n","EndpointID":"nobody"}""", 200, "nobody")]
    [InlineData("NetworkDriver.NoSuchVerb", "{}", 404, "")]
    public async Task A_request_that_makes_no_sense_reaches_no_driver(string verb, string body, int status, string expected)
    {
        FakeNetworkDriver driver = new();
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, network: driver);

        (HttpStatusCode answered, string text) = await PostAsync(verb, body);

        Assert.Equal(status, (int)answered);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        if (status != 404)
        {
            Assert.NotEmpty((string?)JsonNode.Parse(text)?["Err"] ?? string.Empty);
        }

        Assert.Empty(driver.Calls);
        Assert.Equal("{}", (await PostAsync("NetworkDriver.CreateNetwork", """{"NetworkID":"n","IPv4Data":null,"Options":null,"Later":[1]}""")).Body);
        Assert.Single(driver.Networks);
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_refused_as_a_whole()
    {
        FakeNetworkDriver driver = new();
        await using PluginServer server = await PluginServer.StartAsync(_folder.FakeSocket, network: driver);
        string Body(int length) => """{"NetworkID":"n","Options":{"com.docker.network.generic":{"a":"@"}}}""".Replace("@", new string('x', length), StringComparison.Ordinal);

        (HttpStatusCode status, string text) = await PostAsync("NetworkDriver.CreateNetwork", Body((1 << 20) + 1));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("1048576", text, StringComparison.Ordinal);
        Assert.Empty(driver.Calls);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("NetworkDriver.CreateNetwork", Body((1 << 20) - 100))).Status);
        Assert.Equal((1 << 20) - 100, driver.Networks.Values.Single().Options["a"].Length);
    }

    [Fact]
    public async Task The_socket_is_its_owners_and_groups_only_and_nobody_elses_is_taken()
    {
        await using (await PluginServer.StartAsync(_folder.FakeSocket, network: new FakeNetworkDriver()))
        {
            Assert.Equal(Expected, File.GetUnixFileMode(_folder.FakeSocket));
            NetworkException held = await Assert.ThrowsAsync<NetworkException>(() => PluginServer.StartAsync(_folder.FakeSocket, network: new FakeNetworkDriver()));
            Assert.Equal(NetworkErrorKind.Conflict, held.Kind);
            Assert.Contains(_folder.FakeSocket, held.Message, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(_folder.FakeSocket, "mine", Cancel);
        await Assert.ThrowsAsync<NetworkException>(() => PluginServer.StartAsync(_folder.FakeSocket, network: new FakeNetworkDriver()));
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder.FakeSocket, Cancel));
    }

    [Fact]
    public async Task A_dead_process_socket_is_replaced_and_a_folder_is_made()
    {
        string path = Path.Combine(_folder.Sockets, "new", "new.sock");
        await using (await PluginServer.StartAsync(path, network: new FakeNetworkDriver()))
        {
            File.Move(path, path + "-kept");
        }

        File.Move(path + "-kept", path);
        await using PluginServer again = await PluginServer.StartAsync(path, network: new FakeNetworkDriver());
        Assert.NotNull(await _folder.Open().FindNetworkDriverAsync("new", Cancel));
    }

    [Fact]
    public async Task What_docker_asked_for_is_there_again_after_a_restart()
    {
        await using InMemoryStore store = new();
        await using (await PluginServer.StartAsync(_folder.FakeSocket, static services => services.AddLibNetwork(), new FakeNetworkDriver(), store: store.Store))
        {
            await PostAsync("IpamDriver.RequestPool", """{"AddressSpace":"LocalDefault","Pool":"10.6.0.0/24"}""");
            await PostAsync("IpamDriver.RequestAddress", """{"PoolID":"LocalDefault/10.6.0.0/24","Address":"10.6.0.9"}""");
            await PostAsync("IpamDriver.RequestAddress", """{"PoolID":"LocalDefault/10.6.0.0/24"}""");
            await PostAsync("IpamDriver.ReleaseAddress", """{"PoolID":"LocalDefault/10.6.0.0/24","Address":"10.6.0.9"}""");
            await PostAsync("IpamDriver.RequestAddress", """{"PoolID":"LocalDefault/10.6.0.0/24"}""");
            foreach (string network in new[] { "n1", "n2" })
            {
                await PostAsync("NetworkDriver.CreateNetwork", $$"""{"NetworkID":"{{network}}","IPv4Data":[{"Pool":"10.6.0.0/24","Gateway":"10.6.0.1/24"}]}""");
                await PostAsync("NetworkDriver.CreateEndpoint", $$$"""{"NetworkID":"{{{network}}}","EndpointID":"{{{network}}}e","Interface":{"Address":"10.6.0.2/24"}}""");
                await PostAsync("NetworkDriver.Join", $$"""{"NetworkID":"{{network}}","EndpointID":"{{network}}e","SandboxKey":"/run/netns/abc"}""");
            }

            await PostAsync("NetworkDriver.Leave", """{"NetworkID":"n2","EndpointID":"n2e"}""");
            await PostAsync("NetworkDriver.DeleteEndpoint", """{"NetworkID":"n2","EndpointID":"n2e"}""");
            await PostAsync("NetworkDriver.DeleteNetwork", """{"NetworkID":"n2"}""");
        }

        FakeNetworkDriver fresh = new();
        await using (await PluginServer.StartAsync(_folder.FakeSocket, static services => services.AddLibNetwork(), fresh, store: store.Store))
        {
            Assert.Equal("""{"Address":"10.6.0.3/24"}""", (await PostAsync("IpamDriver.RequestAddress", """{"PoolID":"LocalDefault/10.6.0.0/24"}""")).Body);
            Assert.Contains("10.6.0.1", (await PostAsync("IpamDriver.RequestAddress", """{"PoolID":"LocalDefault/10.6.0.0/24","Address":"10.6.0.1"}""")).Body, StringComparison.Ordinal);
            await PostAsync("NetworkDriver.GetCapabilities");
            DriverNetworkRequest network = Assert.Single(fresh.Networks).Value;
            Assert.Equal(("n1", true, "10.6.0.1"), (network.Id.Value, network.IsRestored, network.Pools[0].Gateway?.ToString()));
            Assert.True(Assert.Single(fresh.Endpoints).Value.IsRestored);
            Assert.Contains(nameof(INetworkDriver.LeaveAsync), fresh.Calls);   // this driver cannot take up a joined endpoint
            Assert.Equal("{}", (await PostAsync("IpamDriver.ReleasePool", """{"PoolID":"LocalDefault/10.6.0.0/24"}""")).Body);
            await PostAsync("NetworkDriver.DeleteEndpoint", """{"NetworkID":"n1","EndpointID":"n1e"}""");
            await PostAsync("NetworkDriver.DeleteNetwork", """{"NetworkID":"n1"}""");
        }

        Assert.Empty(await store.Store.ListAsync(string.Empty, Cancel));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_taken_back()
    {
        await using InMemoryStore store = new();
        FakeNetworkDriver driver = new();
        await using PluginServer server = await PluginServer.StartAsync(
            _folder.FakeSocket, static services => services.AddLibNetwork(), driver, store: new RefusingStore(store.Store));

        Assert.Contains("full", (await PostAsync("NetworkDriver.CreateNetwork", """{"NetworkID":"n"}""")).Body, StringComparison.Ordinal);
        Assert.Equal([nameof(INetworkDriver.CreateNetworkAsync), nameof(INetworkDriver.DeleteNetworkAsync)], driver.Calls);
        for (int i = 0; i < 2; i++)
        {
            string refused = (await PostAsync("IpamDriver.RequestPool", """{"AddressSpace":"LocalDefault","Pool":"10.6.0.0/24"}""")).Body;
            Assert.Contains("full", refused, StringComparison.Ordinal);   // and not that it is taken
        }
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string verb, string body = "")
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.FakeSocket), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri($"http://plugin/{verb}"), content, Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>The library's store in memory.</summary>
    private sealed class InMemoryStore : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public InMemoryStore()
        {
            ServiceCollection services = new();
            services.AddLibNetwork();
            _services = services.BuildServiceProvider();
        }

        public INetworkStore Store => _services.GetRequiredService<INetworkStore>();

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }

    /// <summary>A store that has no room for anything new.</summary>
    private sealed class RefusingStore(INetworkStore store) : INetworkStore
    {
        public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => store.GetAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default) => store.ListAsync(prefix, cancellationToken);

        public ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
            => transaction.Puts.Count > 0 ? throw new NetworkException(NetworkErrorKind.Exhausted, "store", "is full") : store.TryCommitAsync(transaction, cancellationToken);

        public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
            => store.WatchAsync(prefix, revision, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
