using System.Net;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.Tests.Fakes;

/// <summary>The real controller, IPAM, firewall and drivers on a kernel in memory; none of these tests needs root.</summary>
public sealed class FakeKernelTests
{
    private static CancellationToken Cancel => FakeWorld.Cancel;

    [Theory]
    [InlineData("bridge")]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public async Task An_endpoint_has_its_interface_addresses_and_name_and_all_of_it_goes_again(string driver)
    {
        await using FakeWorld world = new();
        ISandbox first = await world.SandboxAsync("first");
        ISandbox second = await world.SandboxAsync("second");
        IReadOnlyList<string> before = world.Kernel.Snapshot();
        INetwork network = await world.NetworkAsync("web", spec => On(spec, driver));
        IEndpoint one = await network.AttachAsync(first, Named("one"), cancellationToken: Cancel);
        IEndpoint two = await network.AttachAsync(second, Named("two"), cancellationToken: Cancel);
        IReadOnlyList<string> during = world.Kernel.Snapshot();
        IReadOnlyList<IPAddress> found = first.FindAddresses("two");
        IReadOnlyList<IPAddress> unknown = first.FindAddresses("three");

        await one.DeleteAsync(force: true, Cancel);
        await two.DeleteAsync(force: true, Cancel);
        await network.DeleteAsync(Cancel);

        Assert.Contains(during, line => line.StartsWith($"{first.NamespacePath}: link eth0", StringComparison.Ordinal));
        Assert.Contains($"{second.NamespacePath}: address {two.State.IPv4} on eth0", during);
        Assert.Equal([two.State.IPv4!.Value.Address, two.State.IPv6!.Value.Address], found);
        Assert.Empty(unknown);
        WorldSnapshot.AssertEqual(Without(before, "ip_forward", "forwarding"), Without(world.Kernel.Snapshot(), "ip_forward", "forwarding"), "deleting all");
    }

    [Fact]
    public async Task The_same_calls_give_the_same_kernel()
    {
        Assert.Equal(await RunAsync(), await RunAsync());

        static async Task<IReadOnlyList<string>> RunAsync()
        {
            await using FakeWorld world = new();
            INetwork network = await world.NetworkAsync("web", static spec => spec with { Id = new NetworkId(new string('a', 64)) });
            ISandbox sandbox = await world.SandboxAsync("one");
            await network.AttachAsync(sandbox, new EndpointSpec { Name = "one", MacAddress = MacAddress.Parse("02:00:00:00:00:05") }, cancellationToken: Cancel);
            string id = sandbox.Id.Value, path = sandbox.NamespacePath;   // ids are by chance, and so are names and marks that are made of them
            return [.. world.Kernel.Snapshot().Where(line => line.StartsWith(path, StringComparison.Ordinal) && !line.Contains(id, StringComparison.Ordinal))
                .Select(line => line[path.Length..].Split(" over ")[0])];
        }
    }

    [Fact]
    public async Task A_verb_that_fails_at_any_request_leaves_nothing()
    {
        await using FakeWorld world = new();
        ISandbox sandbox = await world.SandboxAsync("one");
        INetwork other = await world.NetworkAsync("other");   // forwarding and the tables are there
        IReadOnlyList<string> before = world.Kernel.Snapshot();
        int refused = 0;
        for (; ; refused++)
        {
            world.Kernel.Faults.Arm(refused);
            Exception? failure = await Record.ExceptionAsync(async () =>
            {
                INetwork network = await world.NetworkAsync("web");
                try
                {
                    await network.AttachAsync(sandbox, Named("one"), cancellationToken: Cancel);
                }
                catch
                {
                    await network.DeleteAsync(Cancel);
                    throw;
                }
            });
            string? hit = world.Kernel.Faults.Refused;
            world.Kernel.Faults.Arm();
            if (hit is null)
            {
                Assert.Null(failure);
                break;
            }

            Assert.True(failure is NetworkException, $"\"{hit}\" gave {failure}");
            WorldSnapshot.AssertEqual(before, world.Kernel.Snapshot(), $"\"{hit}\"");
        }

        Assert.True(refused > 10, $"only {refused} requests were seen");
        Assert.Equal("other", other.Name);
    }

    [Fact]
    public async Task The_next_process_takes_up_what_is_there()
    {
        await using FakeWorld world = new();
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("one");
        await network.AttachAsync(sandbox, Named("one"), cancellationToken: Cancel);
        IReadOnlyList<string> before = world.Kernel.Snapshot();

        RestoreReport report = await world.RestartAsync();

        Assert.Empty(report.Failures);
        Assert.Empty(report.Removed);
        WorldSnapshot.AssertEqual(before, world.Kernel.Snapshot(), "a restart");
        Assert.NotEmpty(world.Controller.GetSandbox("one").FindAddresses("one"));
        await world.Controller.DeleteSandboxAsync("one", Cancel);
        await world.Controller.GetNetwork("web").DeleteAsync(Cancel);
    }

    [Fact]
    public async Task A_published_port_is_held_and_a_second_one_is_refused()
    {
        await using FakeWorld world = new();
        INetwork network = await world.NetworkAsync("web", static spec => spec with { EnableIPv6 = false });
        PortBinding binding = new() { Protocol = TransportProtocol.Tcp, ContainerPorts = new PortRange(80), HostPorts = new PortRange(8080), HostAddress = IPAddress.Any };
        await network.AttachAsync(await world.SandboxAsync("one"), new EndpointSpec { Name = "one", PortBindings = [binding] }, cancellationToken: Cancel);
        ISandbox second = await world.SandboxAsync("two");

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            () => network.AttachAsync(second, new EndpointSpec { Name = "two", PortBindings = [binding] }, cancellationToken: Cancel));

        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.Contains(world.Kernel.Snapshot(), static line => line.StartsWith("port 0.0.0.0:8080", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_takes_a_kernel_says_so()
    {
        await using FakeWorld world = new();
        ISandbox sandbox = await world.SandboxAsync("one");

        NetworkException plan = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.PlanAsync(new NetworkSpec { Name = "web" }, Cancel));

        Assert.Equal(NetworkErrorKind.NotSupported, plan.Kind);
        Assert.Throws<LibNetwork.Linux.KernelException>(
            () => sandbox.OpenSocket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp));
    }

    private static EndpointSpec Named(string name) => new() { Name = name, DnsNames = [name] };

    private static NetworkSpec On(NetworkSpec spec, string driver) => driver == "bridge"
        ? spec
        : spec with { Driver = driver, Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["parent"] = "eth0" } };

    private static IReadOnlyList<string> Without(IReadOnlyList<string> lines, params string[] words)
        => [.. lines.Where(line => !words.Any(word => line.Contains(word, StringComparison.Ordinal)))];
}
