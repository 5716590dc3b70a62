using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>The resolver inside sandboxes, for names of endpoints.</summary>
[Trait("Category", "Kernel")]
public sealed class ResolverTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "DN-01"), Trait("Feature", "DN-02")]
    public async Task Others_on_the_network_are_found_by_datagram_and_by_stream()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front");
        (ISandbox a, _) = await JoinAsync(world, front, "a");
        (_, IEndpoint b) = await JoinAsync(world, front, "b", "db");
        DnsClient client = new(a.OpenSocket);

        DnsReply datagram = await client.AskAsync("DB.front");
        DnsReply stream = await client.AskByStreamAsync("db", DnsRecordType.Aaaa);

        Assert.Equal([b.State.IPv4!.Value.Address.ToString()], datagram.Data);
        Assert.Equal([b.State.IPv6!.Value.Address.ToString()], stream.Data);
        Assert.Equal(["DB.front"], datagram.Answers.Select(answer => answer.Owner));
    }

    [Fact]
    public async Task Names_of_other_networks_are_unknown()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front"), back = await world.NetworkAsync("back");
        (ISandbox a, _) = await JoinAsync(world, front, "a");
        (ISandbox b, _) = await JoinAsync(world, back, "b", "db");
        DnsClient client = new(a.OpenSocket);

        Assert.Equal(DnsResponseCode.Success, (await new DnsClient(b.OpenSocket).AskAsync("db")).Code);
        Assert.Equal(DnsResponseCode.ServerFailure, (await client.AskAsync("db")).Code);   // nobody outside to ask
        Assert.Equal(DnsResponseCode.ServerFailure, (await client.AskAsync("db.back")).Code);

        await back.AttachAsync(a, new EndpointSpec { Name = "a2" }, cancellationToken: Cancel);

        Assert.Equal(DnsResponseCode.Success, (await client.AskAsync("db.back")).Code);
    }

    [Fact]
    public async Task A_container_may_have_a_name_server_of_its_own()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, _) = await JoinAsync(world, await world.NetworkAsync("front"), "a", "me");
        await using FakeDnsServer own = new(a.OpenSocket, new IPEndPoint(IPAddress.Any, 53), FakeDnsServer.Always("203.0.113.1"));
        DnsClient client = new(a.OpenSocket);

        DnsReply fromUs = await client.AskAsync("me"), fromUsByStream = await client.AskByStreamAsync("me");

        Assert.NotEqual(["203.0.113.1"], fromUs.Data);
        Assert.Equal(fromUs.Data, fromUsByStream.Data);
        Assert.Empty(own.Asked);
        using Socket direct = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        direct.Connect(new IPEndPoint(IPAddress.Loopback, 53));
        await direct.SendAsync(DnsText.Query("me", DnsRecordType.A));
        byte[] buffer = new byte[512];
        int received = await direct.ReceiveAsync(buffer, Cancel);
        Assert.Equal(["203.0.113.1"], DnsText.Parse(buffer.AsSpan(0, received)).Data);
    }

    [Fact]
    public async Task The_address_is_answered_also_when_the_client_binds_its_own()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, IEndpoint endpoint) = await JoinAsync(world, await world.NetworkAsync("front"), "a", "me");

        DnsReply? reply = await new DnsClient((family, type, protocol) =>
        {
            Socket socket = a.OpenSocket(family, type, protocol);
            socket.Bind(new IPEndPoint(endpoint.State.IPv4!.Value.Address, 0));
            return socket;
        }).TryAskAsync("me");

        Assert.Equal([endpoint.State.IPv4!.Value.Address.ToString()], reply!.Data);
    }

    [Fact, Trait("Feature", "CN-40")]
    public async Task Who_leaves_is_gone_from_the_next_answer()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front");
        (ISandbox a, _) = await JoinAsync(world, front, "a");
        (ISandbox b, IEndpoint endpoint) = await JoinAsync(world, front, "b", "db");
        DnsClient client = new(a.OpenSocket);
        Assert.NotEmpty((await client.AskAsync("db")).Answers);

        await endpoint.UpdateDnsNamesAsync(["data"], Cancel);
        Assert.Empty((await client.AskAsync("db")).Answers);
        Assert.NotEmpty((await client.AskAsync("data")).Answers);

        await endpoint.LeaveAsync(b, Cancel);
        Assert.Empty((await client.AskAsync("data")).Answers);

        await endpoint.UpdateDnsNamesAsync(["db"], Cancel);
        Assert.Empty((await client.AskAsync("db")).Answers);

        await endpoint.JoinAsync(b, cancellationToken: Cancel);
        Assert.NotEmpty((await client.AskAsync("db")).Answers);

        await b.DeleteAsync(Cancel);
        Assert.Empty((await client.AskAsync("db")).Answers);
    }

    [Fact, Trait("Feature", "DN-15")]
    public async Task Links_belong_to_one_endpoint()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front");
        (_, IEndpoint db) = await JoinAsync(world, front, "b", "db");
        (ISandbox a, _) = await JoinAsync(world, front, "a", discovery: new EndpointDiscovery { Links = new Dictionary<string, string> { ["store"] = "db" } });
        (ISandbox c, _) = await JoinAsync(world, front, "c");

        Assert.Equal([db.State.IPv4!.Value.Address.ToString()], (await new DnsClient(a.OpenSocket).AskAsync("store")).Data);
        Assert.Empty((await new DnsClient(c.OpenSocket).AskAsync("store")).Answers);
    }

    [Fact]
    public async Task The_resolver_starts_with_the_first_endpoint_that_wants_it()
    {
        await using World world = await World.CreateAsync();
        EndpointDiscovery without = new() { DisableResolver = true };
        (ISandbox a, _) = await JoinAsync(world, await world.NetworkAsync("plain"), "a", "me", without);
        DnsClient client = new(a.OpenSocket) { Patience = TimeSpan.FromMilliseconds(300) };
        await Assert.ThrowsAsync<SocketException>(() => client.TryAskAsync("me"));   // nobody is there

        await (await world.NetworkAsync("front")).AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        Assert.NotEmpty((await client.AskAsync("me")).Answers);
        ISandbox off = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "off", Dns = new SandboxDns { IsEnabled = false } }, Cancel);
        await world.Controller.GetNetwork("front").AttachAsync(off, new EndpointSpec { Name = "off" }, cancellationToken: Cancel);
        await Assert.ThrowsAsync<SocketException>(() => new DnsClient(off.OpenSocket).TryAskAsync("me"));
    }

    [Fact, Trait("Feature", "DN-01")]
    public async Task After_a_restart_the_same_is_known()
    {
        await using World world = await World.CreateDurableAsync();
        INetwork front = await world.NetworkAsync("front");
        EndpointDiscovery discovery = new()
        {
            Links = new Dictionary<string, string> { ["mine"] = "db" },
            PortNames = new Dictionary<string, TransportPort> { ["http"] = new(80, TransportProtocol.Tcp) },
        };
        ISandbox a = await world.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = "a", Dns = new SandboxDns { SearchDomains = ["corp"], Servers = [new DnsServer(new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), 5300))] } }, Cancel);
        await front.AttachAsync(a, new EndpointSpec { Name = "a", DnsNames = ["a"], Discovery = discovery }, cancellationToken: Cancel);
        (_, IEndpoint db) = await JoinAsync(world, front, "b", "db");
        string address = db.State.IPv4!.Value.Address.ToString();

        await world.RestartAsync();

        await using FakeDnsServer outside = new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 5300), FakeDnsServer.Always("203.0.113.9"));
        DnsClient client = new(world.Controller.GetSandbox("a").OpenSocket);
        Assert.Equal([address], (await client.AskAsync("db")).Data);
        Assert.Equal([address], (await client.AskByStreamAsync("mine")).Data);
        Assert.Equal([address], (await client.AskAsync("db.corp")).Data);
        Assert.Equal(["80 a.front"], (await client.AskAsync("_http._tcp.a", DnsRecordType.Srv)).Data);
        Assert.Equal(["203.0.113.9"], (await client.AskAsync("www.example")).Data);
    }

    [Fact]
    public async Task Questions_during_constant_attaching_and_detaching_are_all_answered_right()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front");
        (ISandbox a, IEndpoint own) = await JoinAsync(world, front, "a", "me");
        using CancellationTokenSource end = new();
        Task churn = Task.Run(
            async () =>
            {
                for (int round = 0; !end.IsCancellationRequested; round++)
                {
                    (ISandbox other, _) = await JoinAsync(world, front, $"c{round}", "flag");
                    await other.DeleteAsync(Cancel);
                }
            },
            Cancel);
        using Socket socket = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Parse("127.0.0.11"), 53));
        byte[] query = DnsText.Query("me", DnsRecordType.A), buffer = new byte[512];

        try
        {
            for (int round = 0; round < 2000; round++)
            {
                await socket.SendAsync(query);
                int received = await socket.ReceiveAsync(buffer, Cancel).AsTask().WaitAsync(Waiting.Patience, Cancel);
                Assert.Equal([own.State.IPv4!.Value.Address.ToString()], DnsText.Parse(buffer.AsSpan(0, received)).Data);
            }
        }
        finally
        {
            await end.CancelAsync();
            await churn;
        }
    }

    [Fact]
    public async Task A_listener_hears_who_asked_what()
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front");
        (ISandbox a, IEndpoint own) = await JoinAsync(world, front, "a", "me");
        using CancellationTokenSource end = new();
        IAsyncEnumerator<DnsAnswer> heard = world.Controller.WatchDnsAnswersAsync(end.Token).GetAsyncEnumerator(Cancel);

        await new DnsClient(a.OpenSocket).AskAsync("Me.front");
        await new DnsClient(a.OpenSocket).AskAsync("nobody.example", DnsRecordType.Txt);

        Assert.True(await heard.MoveNextAsync());
        Assert.Equal((a.Id, "a", "Me.front", DnsRecordType.A, DnsResponseCode.Success), (heard.Current.SandboxId, heard.Current.ContainerId, heard.Current.Name, heard.Current.Type, heard.Current.Code));
        Assert.Equal([own.State.IPv4!.Value.Address], heard.Current.Addresses);
        Assert.True(await heard.MoveNextAsync());
        Assert.Equal(("nobody.example", DnsRecordType.Txt, DnsResponseCode.ServerFailure), (heard.Current.Name, heard.Current.Type, heard.Current.Code));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await heard.MoveNextAsync());
    }

    [Fact]
    public async Task The_host_finds_names_of_all_networks()
    {
        await using World world = await World.CreateResolvingAsync(dns => dns.HostListener = new IPEndPoint(new IPAddress([127, 0, 0, 11]), 53));
        (_, IEndpoint a) = await JoinAsync(world, await world.NetworkAsync("front"), "a", "web");
        (_, IEndpoint b) = await JoinAsync(world, await world.NetworkAsync("back"), "b", "web");
        DnsClient client = new(world.Host.Namespace.OpenSocket);

        Assert.Equal([a.State.IPv4!.Value.Address.ToString()], (await client.AskAsync("web.front")).Data);
        Assert.Equal([b.State.IPv4!.Value.Address.ToString()], (await client.AskByStreamAsync("web.back")).Data);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("x.LocalHost")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("b\u00fccher")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [Trait("Feature", "DN-02")]
    public async Task Names_that_cannot_be_asked_for_or_mean_something_else_are_refused(string name)
    {
        await using World world = await World.CreateAsync();
        INetwork front = await world.NetworkAsync("front");
        IEndpoint endpoint = await front.CreateEndpointAsync(new EndpointSpec { Name = "a", DnsNames = ["fine", "fi-ne_2.x"] }, Cancel);

        NetworkException created = await Assert.ThrowsAsync<NetworkException>(() => front.CreateEndpointAsync(new EndpointSpec { Name = "b", DnsNames = [name] }, Cancel));
        NetworkException updated = await Assert.ThrowsAsync<NetworkException>(() => endpoint.UpdateDnsNamesAsync([name], Cancel));
        NetworkException linked = await Assert.ThrowsAsync<NetworkException>(() => front.CreateEndpointAsync(
            new EndpointSpec { Name = "c", Discovery = new EndpointDiscovery { Links = new Dictionary<string, string> { [name] = "fine" } } }, Cancel));

        Assert.All([created, updated, linked], error => Assert.Equal(NetworkErrorKind.InvalidArgument, error.Kind));
        Assert.Equal(["fine", "fi-ne_2.x"], endpoint.State.DnsNames);
    }

    private static async Task<(ISandbox Sandbox, IEndpoint Endpoint)> JoinAsync(
        World world, INetwork network, string container, string? name = null, EndpointDiscovery? discovery = null)
    {
        ISandbox sandbox = await world.SandboxAsync(container);
        IEndpoint endpoint = await network.AttachAsync(
            sandbox, new EndpointSpec { Name = container, DnsNames = name is null ? [] : [name], Discovery = discovery ?? new EndpointDiscovery() }, cancellationToken: Cancel);
        return (sandbox, endpoint);
    }
}
