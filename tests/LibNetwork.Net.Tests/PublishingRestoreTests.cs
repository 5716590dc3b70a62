using System.Net;
using System.Net.Sockets;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Published ports across the end of a process and the start of another.</summary>
[Trait("Category", "Kernel")]
public sealed class PublishingRestoreTests
{
    [Theory, Trait("Feature", "ST-05"), Trait("Feature", "PM-07")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ports_are_where_they_were_and_are_held_again(bool inFile)
    {
        await using World world = inFile ? await World.CreateDurableAsync() : await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web"), four = await world.NetworkAsync("four", spec => spec with { EnableIPv6 = false });
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "8080:80", "80", "8000-8010:80/udp", "9000-9099:9000-9099");
        (ISandbox relayed, _) = await world.PublishAsync(four, "r", "8081:80");
        await using EchoServer server = EchoServer.Start(c.OpenSocket, 80, "c"), behind = EchoServer.Start(relayed.OpenSocket, 80, "r");
        IReadOnlyList<PortBinding> before = endpoint.State.PublishedPorts;
        IReadOnlyList<string> snapshot = await WorldSnapshot.TakeAsync(world);
        string? meanwhile = null;

        RestoreReport report = await world.RestartAsync(
            async () => meanwhile = await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080));

        Assert.Empty(report.Failures);
        Assert.StartsWith("c to", meanwhile, StringComparison.Ordinal);
        Assert.Equal(before, world.Controller.GetNetwork("web").GetEndpoint("c").State.PublishedPorts);
        WorldSnapshot.AssertEqual(snapshot, await WorldSnapshot.TakeAsync(world), "a restart");
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080), StringComparison.Ordinal);
        Assert.StartsWith("r to", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8081), StringComparison.Ordinal);
        using Socket other = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        Assert.Throws<SocketException>(() => other.Bind(new IPEndPoint(IPAddress.Any, 9050)));
        await world.SandboxAsync("d");
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            () => world.AttachAsync(world.Controller.GetNetwork("web"), "d", "8080:80"));
        Assert.Equal("endpoint \"c\" on network \"web\"", refused.Holder);
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task A_port_that_a_process_took_meanwhile_is_in_the_report_with_the_process()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });
        await world.PublishAsync(network, "c", "0.0.0.0:8080:80");
        using Socket thief = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        RestoreReport report = await world.RestartAsync(() =>
        {
            thief.Bind(new IPEndPoint(IPAddress.Any, 8080));
            thief.Listen();
            return Task.CompletedTask;
        });

        NetworkException failure = Assert.Single(report.Failures);
        Assert.Equal(NetworkErrorKind.Conflict, failure.Kind);
        Assert.Contains($"({Environment.ProcessId})", failure.Message, StringComparison.Ordinal);
        thief.Close();
        Assert.Empty((await world.RestartAsync()).Failures);
        Assert.Single(world.Controller.GetNetwork("web").GetEndpoint("c").State.PublishedPorts);
    }
}
