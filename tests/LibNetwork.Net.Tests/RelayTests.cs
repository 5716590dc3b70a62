using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>IPv6 clients of containers that have only IPv4: what a relay must do beyond connecting.</summary>
[Trait("Category", "Kernel")]
public sealed class RelayTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "PM-10")]
    public async Task Half_closed_connections_carry_everything_both_ways()
    {
        await using World world = await World.CreateAsync();
        (Socket listener, _) = await ListenAsync(world);
        using Socket client = world.Host.Outside.OpenSocket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv6), 8080), Cancel);
        using Socket server = await listener.AcceptAsync(Cancel);
        byte[] question = RandomNumberGenerator.GetBytes(3_000_000), answer = RandomNumberGenerator.GetBytes(2_000_000);

        Task<byte[]> heard = ReadToEndAsync(server);
        await SendAllAsync(client, question);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(question, await heard);
        Task<byte[]> back = ReadToEndAsync(client);
        await SendAllAsync(server, answer);
        server.Shutdown(SocketShutdown.Send);

        Assert.Equal(answer, await back);
    }

    [Fact, Trait("Feature", "PM-10")]
    public async Task A_broken_connection_is_broken_on_the_other_side_too()
    {
        await using World world = await World.CreateAsync();
        (Socket listener, IEndpoint endpoint) = await ListenAsync(world);
        using Socket client = world.Host.Outside.OpenSocket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv6), 8080), Cancel);
        Socket server = await listener.AcceptAsync(Cancel);
        await client.SendAsync(new byte[1], Cancel);
        server.LingerState = new LingerOption(enable: true, seconds: 0);
        server.Close();   // a reset, not an end

        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        listener.Close();
        using Socket refused = world.Host.Outside.OpenSocket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () =>   // nobody listens in the container
        {
            await refused.ConnectAsync(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv6), 8080), Cancel);
            await ReadToEndAsync(refused);
        });
        Assert.NotEmpty(endpoint.State.PublishedPorts);
    }

    [Fact, Trait("Feature", "PM-10")]
    public async Task Withdrawing_cuts_what_is_relayed()
    {
        await using World world = await World.CreateAsync();
        (Socket listener, IEndpoint endpoint) = await ListenAsync(world);
        using Socket client = world.Host.Outside.OpenSocket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv6), 8080), Cancel);
        using Socket server = await listener.AcceptAsync(Cancel);

        await endpoint.LeaveAsync(world.Controller.GetSandbox("c"), Cancel);

        await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));
    }

    private static async Task<(Socket Listener, IEndpoint Endpoint)> ListenAsync(World world)
    {
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "8080:80");
        Socket listener = c.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        return (listener, endpoint);
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, Cancel)..];
        }
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using MemoryStream all = new();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token)) > 0)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
