using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Names of outside: whom the resolver asks, from where, and what it believes.</summary>
[Trait("Category", "Kernel")]
public sealed class ForwardingTests
{
    private static readonly IPEndPoint Port53 = new(IPAddress.Any, 53);

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "DN-06"), Trait("Feature", "DN-10")]
    public async Task The_hosts_servers_are_asked_from_the_host_and_the_file_is_read_again_when_it_changes()
    {
        await using World world = await World.CreateAsync();
        await File.WriteAllTextAsync(world.ResolvConfPath, $"nameserver {TestHost.OutsideIPv4}\n", Cancel);
        ISandbox a = await SandboxAsync(world);
        await using FakeDnsServer outside = new(world.Host.Outside.OpenSocket, Port53, FakeDnsServer.Always("203.0.113.7"));
        DnsClient client = new(a.OpenSocket);

        DnsReply datagram = await client.AskAsync("www.example", id: 77), stream = await client.AskByStreamAsync("www.example");

        Assert.Equal((77, DnsResponseCode.Success), (datagram.Id, datagram.Code));
        Assert.Equal(["203.0.113.7"], datagram.Data);
        Assert.Equal(["203.0.113.7"], stream.Data);
        Assert.Equal([false, true], outside.Asked.Select(asked => asked.IsStream));
        Assert.All(outside.Asked, asked => Assert.Equal(TestHost.HostIPv4, asked.From.Address.ToString()));

        await using FakeDnsServer onLoopback = new(world.Host.Namespace.OpenSocket, new IPEndPoint(IPAddress.Loopback, 53), FakeDnsServer.Always("203.0.113.8"));
        await File.WriteAllTextAsync(world.ResolvConfPath, "nameserver 127.0.0.1\n# another\n", Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);

        Assert.Equal(["203.0.113.8"], (await client.AskAsync("www.example")).Data);
    }

    [Fact, Trait("Feature", "DN-08")]
    public async Task Without_a_way_out_the_hosts_servers_hear_nothing()
    {
        await using World world = await World.CreateAsync();
        await File.WriteAllTextAsync(world.ResolvConfPath, $"nameserver {TestHost.OutsideIPv4}\n", Cancel);
        await using FakeDnsServer outside = new(world.Host.Outside.OpenSocket, Port53, FakeDnsServer.Always("203.0.113.7"));
        INetwork inside = await world.NetworkAsync("inside", spec => spec with { Internal = true });
        ISandbox a = await world.SandboxAsync("a"), server = await world.SandboxAsync("server");
        await inside.AttachAsync(a, new EndpointSpec { Name = "a", DnsNames = ["me"] }, cancellationToken: Cancel);
        IEndpoint near = await inside.AttachAsync(server, new EndpointSpec { Name = "s" }, cancellationToken: Cancel);
        DnsClient client = new(a.OpenSocket);

        foreach (DnsRecordType type in new[] { DnsRecordType.A, DnsRecordType.Aaaa, DnsRecordType.Txt, DnsRecordType.Ptr })
        {
            DnsReply reply = await client.AskAsync("secret.example", type);
            Assert.Equal((DnsResponseCode.Refused, false), (reply.Code, reply.IsRecursionAvailable));
            Assert.Equal(DnsResponseCode.Refused, (await client.AskByStreamAsync("secret.example", type)).Code);
        }

        Assert.Equal(DnsResponseCode.Success, (await client.AskAsync("me")).Code);
        Assert.Empty(outside.Asked);

        // A server of the user's own may be within reach.
        ISandbox b = await world.Controller.CreateSandboxAsync(
            new SandboxSpec { ContainerId = "b", Dns = new SandboxDns { Servers = [new DnsServer(new IPEndPoint(near.State.IPv4!.Value.Address, 53))] } }, Cancel);
        await inside.AttachAsync(b, new EndpointSpec { Name = "b" }, cancellationToken: Cancel);
        await using FakeDnsServer own = new(server.OpenSocket, Port53, FakeDnsServer.Always("203.0.113.9"));
        Assert.Equal(["203.0.113.9"], (await new DnsClient(b.OpenSocket).AskAsync("www.example")).Data);

        // And a way out is used from the moment that there is one.
        INetwork web = await world.NetworkAsync("web");
        IEndpoint way = await web.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        Assert.Equal(["203.0.113.7"], (await client.AskAsync("www.example")).Data);
        int heard = outside.Asked.Count;
        await way.LeaveAsync(a, Cancel);
        Assert.Equal(DnsResponseCode.Refused, (await client.AskAsync("www.example")).Code);
        Assert.Equal(heard, outside.Asked.Count);
    }

    [Theory, Trait("Feature", "DN-08")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_question_that_is_outside_when_the_way_out_goes_is_asked_of_nobody_else(bool leaves)
    {
        await using World world = await World.CreateResolvingAsync(Patiently);
        INetwork inside = await world.NetworkAsync("inside", spec => spec with { Internal = true }), web = await world.NetworkAsync("web");
        DnsServer[] servers = [.. new[] { 5301, 5302 }.Select(port => new DnsServer(new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), port), IsReachedFromHost: true))];
        ISandbox a = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "a", Dns = new SandboxDns { Servers = servers } }, Cancel);
        await inside.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint way = await web.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        TaskCompletionSource isAsked = new(), isGone = new();
        await using FakeDnsServer first = Outside(world, 5301, query =>
        {
            isAsked.TrySetResult();
            isGone.Task.Wait(Cancel);   // so that nobody is asked in between
            return [(TimeSpan.Zero, DnsText.Reply(query, 2))];
        });
        await using FakeDnsServer second = Outside(world, 5302, FakeDnsServer.Always("203.0.113.7"));

        Task<DnsReply> asking = Task.Run(() => new DnsClient(a.OpenSocket).AskAsync("www.example"), Cancel);
        await isAsked.Task.WaitAsync(Cancel);
        await (leaves ? way.LeaveAsync(a, Cancel) : Task.CompletedTask);
        isGone.SetResult();
        DnsReply reply = await asking;

        Assert.Equal(leaves ? (DnsResponseCode.ServerFailure, 0) : (DnsResponseCode.Success, 1), (reply.Code, second.Asked.Count));
    }

    [Fact]
    public async Task Answers_are_counted_and_their_time_outside_is_measured()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301);
        await using FakeDnsServer outside = Outside(world, 5301, FakeDnsServer.Always("203.0.113.7"));
        ConcurrentDictionary<string, long> answers = new();
        ConcurrentQueue<double> times = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == "LibNetwork.Net")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => answers.AddOrUpdate($"{tags[0].Value}", count, (_, before) => before + count));
        listener.SetMeasurementEventCallback<double>((_, time, _, _) => times.Enqueue(time));
        listener.Start();
        DnsClient client = new(a.OpenSocket);

        await client.AskAsync("me");
        await client.AskByStreamAsync("me");
        await client.AskAsync("www.example");

        // Other tests' resolvers count in the same meter; a datagram is counted when it is on its way.
        for (int wait = 0; (answers.GetValueOrDefault("local") < 2 || answers.GetValueOrDefault("forwarded") < 1) && wait < 500; wait++)
        {
            await Task.Delay(10, Cancel);
        }

        Assert.True(answers.GetValueOrDefault("local") >= 2);
        Assert.True(answers.GetValueOrDefault("forwarded") >= 1);
        Assert.Contains(times, time => time is > 0 and < 10);
    }

    [Theory, Trait("Feature", "DN-06")]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_server_that_does_not_know_gives_way_to_the_next(int code)
    {
        await using World world = await World.CreateResolvingAsync(Patiently);
        ISandbox a = await SandboxAsync(world, 5301, 5302);
        await using FakeDnsServer first = Outside(world, 5301, FakeDnsServer.Code(code)), second = Outside(world, 5302, FakeDnsServer.Always("203.0.113.7"));
        DnsClient client = new(a.OpenSocket);

        Assert.Equal(["203.0.113.7"], (await client.AskAsync("www.example")).Data);
        Assert.Equal((1, 1), (first.Asked.Count, second.Asked.Count));

        await second.DisposeAsync();
        Assert.Equal(DnsResponseCode.ServerFailure, (await client.AskAsync("www2.example")).Code);
    }

    [Fact]
    public async Task That_there_is_no_such_name_is_passed_on_and_nobody_else_is_asked()
    {
        await using World world = await World.CreateResolvingAsync(Patiently);
        ISandbox a = await SandboxAsync(world, 5301, 5302);
        await using FakeDnsServer first = Outside(world, 5301, FakeDnsServer.Code(3)), second = Outside(world, 5302, FakeDnsServer.Always("203.0.113.7"));

        Assert.Equal(DnsResponseCode.NameError, (await new DnsClient(a.OpenSocket).AskAsync("www.example")).Code);
        Assert.Empty(second.Asked);
    }

    [Fact]
    public async Task A_name_from_here_is_never_asked_outside()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301);
        await using FakeDnsServer outside = Outside(world, 5301, FakeDnsServer.Always("203.0.113.7"));
        DnsClient client = new(a.OpenSocket);

        Assert.NotEqual(["203.0.113.7"], (await client.AskAsync("me")).Data);
        Assert.Empty((await client.AskAsync("me", DnsRecordType.Mx)).Answers);
        Assert.Empty((await client.AskAsync("me", DnsRecordType.Txt)).Answers);
        Assert.Empty(outside.Asked);
        Assert.Equal(["203.0.113.7"], (await client.AskAsync("you")).Data);
    }

    [Fact, Trait("Feature", "DN-06")]
    public async Task Answers_to_something_else_are_not_believed()
    {
        await using World world = await World.CreateAsync();
        byte[] wrong = IPAddress.Parse("203.0.113.66").GetAddressBytes();
        ISandbox a = await SandboxAsync(world, 5301);
        await using FakeDnsServer liar = Outside(world, 5301, query =>
        {
            string name = DnsText.QuestionOf(query);
            byte[] Changed(int index, byte value)
            {
                byte[] reply = DnsText.Reply(query, 0, (name, DnsRecordType.A, wrong));
                reply[index] = value;
                return reply;
            }

            byte[] circle = DnsText.Reply(query, 0, (name, DnsRecordType.Cname, DnsText.Name("b.example")), ("b.example", DnsRecordType.Cname, DnsText.Name(name)));
            byte[] right = DnsText.Reply(
                query, 0, (name, DnsRecordType.Cname, DnsText.Name("b.example")), ("b.example", DnsRecordType.A, IPAddress.Parse("203.0.113.7").GetAddressBytes()));
            byte[][] lies =
            [
                Changed(0, (byte)(query[0] ^ 1)),   // another id
                Changed(13, (byte)'x'),   // another name
                Changed(13, (byte)'W'),   // other letters
                Changed(2, 0),   // not an answer
                Changed(query.Length - 14, 28),   // another type in the question, which 11 bytes of EDNS and the class follow
                DnsText.Reply(query, 0, ("other.example", DnsRecordType.A, wrong)),
                DnsText.Reply(query, 0, (name, DnsRecordType.A, wrong), ("other.example", DnsRecordType.A, wrong)),
                circle,
                [.. right.AsSpan(0, right.Length - 3)],
                [],
            ];
            return [.. lies.Select(lie => (TimeSpan.Zero, lie)), (TimeSpan.FromMilliseconds(50), right)];
        });

        DnsReply reply = await new DnsClient(a.OpenSocket).AskAsync("www.example");

        Assert.Equal(["b.example", "203.0.113.7"], reply.Data);
    }

    [Fact]
    public async Task Ids_and_ports_cannot_be_foreseen()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301);
        await using FakeDnsServer outside = Outside(world, 5301, FakeDnsServer.Always("203.0.113.7"));
        DnsClient client = new(a.OpenSocket);
        for (int round = 0; round < 64; round++)
        {
            await client.AskAsync($"n{round}.example", id: 1);
        }

        int[] ids = [.. outside.Asked.Select(asked => (asked.Query[0] << 8) | asked.Query[1])], ports = [.. outside.Asked.Select(asked => asked.From.Port)];

        Assert.True(ids.Distinct().Count() > 60);
        Assert.True(ports.Distinct().Count() > 60);
        Assert.True(ids.Zip(ids.Skip(1), (one, next) => next - one).Distinct().Count() > 60);
        Assert.True(ports.Zip(ports.Skip(1), (one, next) => next - one).Distinct().Count() > 30);
    }

    [Fact]
    public async Task A_dead_server_costs_little()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301, 5302);
        await using FakeDnsServer dead = Outside(world, 5301, static _ => []), live = Outside(world, 5302, FakeDnsServer.Always("203.0.113.7"));
        DnsClient client = new(a.OpenSocket);
        List<double> times = [];
        for (int round = 0; round < 100; round++)
        {
            long began = Stopwatch.GetTimestamp();
            Assert.Equal(["203.0.113.7"], (await client.AskAsync($"n{round}.example")).Data);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        double[] later = [.. times.Skip(1).Order()];
        TestContext.Current.TestOutputHelper?.WriteLine($"first {times[0]:F1} ms, median {later[49]:F1} ms, p99 {later[97]:F1} ms; the dead one was asked {dead.Asked.Count} times");
        Assert.True(later[49] < 20, $"the median is {later[49]} ms");
        Assert.True(dead.Asked.Count < 60);
    }

    [Fact]
    public async Task A_slower_first_server_keeps_its_say()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301, 5302);
        await using FakeDnsServer first = Outside(world, 5301, FakeDnsServer.Always("203.0.113.1", TimeSpan.FromMilliseconds(150)));
        await using FakeDnsServer second = Outside(world, 5302, FakeDnsServer.Code(3));

        // The second does not know the names of the first one's world, and says so sooner.
        Assert.Equal(["203.0.113.1"], (await new DnsClient(a.OpenSocket).AskAsync("intranet.example")).Data);
        Assert.Single(second.Asked);
    }

    [Fact, Trait("Feature", "DN-07")]
    public async Task Too_many_questions_are_refused_and_names_from_here_go_on()
    {
        await using World world = await World.CreateResolvingAsync(dns =>
        {
            dns.MaxForwarded = 4;
            dns.ForwardPatience = TimeSpan.FromMilliseconds(300);
            dns.ServerTimeout = TimeSpan.FromMilliseconds(1500);
        });
        ISandbox a = await SandboxAsync(world, 5301);
        await using FakeDnsServer silent = Outside(world, 5301, static _ => []);
        DnsClient client = new(a.OpenSocket);
        Task<DnsReply>[] many = [.. Enumerable.Range(0, 20).Select(number => client.AskAsync($"n{number}.example"))];

        Assert.Equal(DnsResponseCode.Success, (await client.AskAsync("me")).Code);
        DnsReply[] replies = await Task.WhenAll(many);

        Assert.Equal(4, replies.Count(reply => reply.Code == DnsResponseCode.ServerFailure));
        Assert.Equal(16, replies.Count(reply => reply.Code == DnsResponseCode.Refused));
        Assert.Equal(4, silent.Asked.Count);
    }

    [Fact]
    public async Task The_same_question_is_asked_once_at_a_time_so_that_a_circle_ends()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301);
        using CancellationTokenSource end = new();
        DnsClient client = new(a.OpenSocket);
        // The server asks this resolver again whatever it is asked.
        await using FakeDnsServer circle = Outside(world, 5301, query =>
        {
            _ = client.TryAskAsync(query);
            return [];
        });

        DnsReply reply = await client.AskAsync("round.example");

        Assert.Equal(DnsResponseCode.ServerFailure, reply.Code);
        Assert.Single(circle.Asked);
    }

    [Fact, Trait("Feature", "DN-09")]
    public async Task A_big_answer_of_outside_is_passed_on_and_a_cut_one_too()
    {
        await using World world = await World.CreateAsync();
        ISandbox a = await SandboxAsync(world, 5301);
        await using FakeDnsServer outside = Outside(world, 5301, query =>
        {
            string name = DnsText.QuestionOf(query);
            byte[] reply = DnsText.Reply(query, 0, [.. Enumerable.Range(1, 60).Select(number => (name, DnsRecordType.A, (byte[])[203, 0, 113, (byte)number]))]);
            reply[2] |= name.StartsWith("cut", StringComparison.Ordinal) ? (byte)2 : (byte)0;
            return [(TimeSpan.Zero, reply)];
        });
        DnsClient client = new(a.OpenSocket);

        DnsReply big = await client.TryAskAsync(DnsText.Query("big.example", DnsRecordType.A)) ?? throw new TimeoutException();
        DnsReply cut = await client.AskAsync("cut.example");

        Assert.Equal((60, false), (big.Answers.Count, big.IsTruncated));
        Assert.True(cut.IsTruncated);
    }

    // On a busy machine a server may seem slow.
    private static void Patiently(DnsResolverOptions options) => options.HedgeAfter = TimeSpan.FromSeconds(30);

    private static FakeDnsServer Outside(World world, int port, Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> answer)
        => new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, port), answer);

    private static async Task<ISandbox> SandboxAsync(World world, params int[] ports)
    {
        INetwork network = await world.NetworkAsync("front");
        ISandbox sandbox = await world.Controller.CreateSandboxAsync(
            new SandboxSpec
            {
                ContainerId = "client",
                Dns = new SandboxDns { Servers = [.. ports.Select(port => new DnsServer(new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), port)))] },
            },
            Cancel);
        await network.AttachAsync(sandbox, new EndpointSpec { Name = "client", DnsNames = ["me"] }, cancellationToken: Cancel);
        return sandbox;
    }
}
