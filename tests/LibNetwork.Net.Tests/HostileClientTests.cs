using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>One client cannot take the resolver away from the others.</summary>
[Trait("Category", "Kernel")]
public sealed class HostileClientTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact]
    public async Task Streams_that_say_nothing_or_half_are_closed_and_the_others_are_served()
    {
        await using World world = await World.CreateResolvingAsync(dns => dns.StreamPatience = TimeSpan.FromMilliseconds(500));
        (ISandbox a, DnsClient client) = await ClientAsync(world);
        byte[] query = DnsText.Query("me", DnsRecordType.A);
        byte[][] openings =
        [
            [],
            [0],   // half a length
            [0xff, 0xff],   // a length and nothing behind it
            [0, (byte)query.Length, .. query[..15]],   // half a message
            [0, 5, 1, 2, 3, 4, 5],   // too short for a question
            [0, 0],
        ];
        List<Socket> streams = [];
        foreach (byte[] opening in openings)
        {
            Socket stream = await client.ConnectAsync();
            streams.Add(stream);
            if (opening.Length > 0)
            {
                await stream.SendAsync(opening);
            }
        }

        Socket gone = await client.ConnectAsync();
        await gone.SendAsync((byte[])[0]);
        gone.LingerState = new LingerOption(true, 0);
        gone.Dispose();   // with a reset

        Assert.Equal(DnsResponseCode.Success, (await client.AskAsync("me")).Code);
        Assert.Equal(DnsResponseCode.Success, (await client.AskByStreamAsync("me")).Code);
        foreach (Socket stream in streams)
        {
            Assert.Equal(0, await stream.ReceiveAsync(new byte[100], Cancel).AsTask().WaitAsync(Waiting.Patience, Cancel));
            stream.Dispose();
        }
    }

    [Fact]
    public async Task A_byte_at_a_time_is_too_slow()
    {
        await using World world = await World.CreateResolvingAsync(dns => dns.StreamPatience = TimeSpan.FromMilliseconds(400));
        (_, DnsClient client) = await ClientAsync(world);
        using Socket stream = await client.ConnectAsync();
        byte[] query = DnsText.Query("me", DnsRecordType.A);
        Task<int> end = stream.ReceiveAsync(new byte[100], Cancel).AsTask();

        int sent = 0;
        foreach (byte value in (byte[])[0, (byte)query.Length, .. query])
        {
            if (end.IsCompleted)
            {
                break;
            }

            await stream.SendAsync((byte[])[value]);
            sent++;
            await Task.Delay(50, Cancel);
        }

        Assert.InRange(sent, 1, query.Length);
        try
        {
            Assert.Equal(0, await end);
        }
        catch (SocketException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);   // bytes were on their way
        }
    }

    [Fact]
    public async Task Streams_are_bounded_and_the_newest_is_served()
    {
        await using World world = await World.CreateResolvingAsync(dns => dns.MaxStreams = 8);
        (_, DnsClient client) = await ClientAsync(world);
        List<Socket> streams = [];
        for (int count = 0; count < 200; count++)
        {
            streams.Add(await client.ConnectAsync());
        }

        Assert.Equal(DnsResponseCode.Success, (await client.AskByStreamAsync("me")).Code);
        Assert.True(await HasEndedAsync(streams[0]));
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Garbage_of_any_size_is_survived()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, DnsClient client) = await ClientAsync(world);
        using Socket socket = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Parse("127.0.0.11"), 53));
        Random random = new(4711);
        foreach (int size in new[] { 1, 11, 12, 100, 512, 4096, 4097, 65507 })
        {
            byte[] garbage = new byte[size];
            random.NextBytes(garbage);
            await socket.SendAsync(garbage);
            garbage.AsSpan(0, Math.Min(size, 12)).Clear();   // so that it is read as a question
            garbage[Math.Min(size - 1, 5)] = 1;
            await socket.SendAsync(garbage);
        }

        Assert.Equal(DnsResponseCode.Success, (await client.AskAsync("me")).Code);
        using Socket stream = await client.ConnectAsync();
        byte[] noise = new byte[64 << 10];
        random.NextBytes(noise);
        try
        {
            await stream.SendAsync(noise);
        }
        catch (SocketException)
        {
            // The resolver has hung up already.
        }

        Assert.Equal(DnsResponseCode.Success, (await client.AskByStreamAsync("me")).Code);
    }

    private static async Task<bool> HasEndedAsync(Socket stream)
    {
        try
        {
            return await stream.ReceiveAsync(new byte[10], Cancel).AsTask().WaitAsync(Waiting.Patience, Cancel) == 0;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private static async Task<(ISandbox Sandbox, DnsClient Client)> ClientAsync(World world)
    {
        ISandbox sandbox = await world.SandboxAsync("me");
        await (await world.NetworkAsync("front")).AttachAsync(sandbox, new EndpointSpec { Name = "me", DnsNames = ["me"] }, cancellationToken: Cancel);
        return (sandbox, new DnsClient(sandbox.OpenSocket));
    }
}
