using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace LibNetwork.Tests;

/// <summary>Many callers on one controller for a while, each at random.</summary>
[Trait("Category", "Kernel")]
public sealed class ConcurrentUseTests
{
    private const int Callers = 64;
    private const int SharedNetworks = 4;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => World.Cancel;

    [Fact]
    public async Task Attaches_detaches_and_networks_that_come_and_go_never_fail_and_leave_nothing()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using World world = await World.CreateAsync(new TestSupport.FaultInjector());   // which makes a host that forwards already
        for (int i = 0; i < SharedNetworks; i++)
        {
            await world.NetworkAsync($"shared{i}");
        }

        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        ConcurrentDictionary<IPAddress, string> addresses = new();
        long start = Stopwatch.GetTimestamp();

        int[] rounds = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            Caller random = new(world, caller, new Random(seed + caller), addresses);
            int round = 0;
            for (; Stopwatch.GetElapsedTime(start) < Duration; round++)
            {
                await random.RoundAsync();
            }

            return round;
        })));

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds.Sum()} rounds");
        Assert.All(rounds, round => Assert.True(round > 0));
        Assert.Empty(addresses);
        await Census.AssertAgreesAsync(world, $"seed {seed}");
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), $"seed {seed}");
    }

    /// <summary>One caller: it has a container of its own, which visits the shared networks and one of its own.</summary>
    private sealed class Caller(World world, int number, Random random, ConcurrentDictionary<IPAddress, string> addresses)
    {
        private readonly string _name = $"caller{number}";

        public async Task RoundAsync()
        {
            ISandbox sandbox = await world.SandboxAsync(_name);
            INetwork? own = random.Next(2) == 0 ? await world.NetworkAsync(_name, OwnSubnets) : null;
            List<IEndpoint> endpoints = [];
            foreach (int index in Enumerable.Range(0, SharedNetworks).OrderBy(_ => random.Next()).Take(random.Next(1, SharedNetworks + 1)))
            {
                endpoints.Add(await AttachAsync(world.Controller.GetNetwork($"shared{index}"), sandbox));
            }

            if (own is not null && random.Next(2) == 0)
            {
                endpoints.Add(await AttachAsync(own, sandbox));
            }

            Assert.Equal(endpoints.Count, endpoints.Select(endpoint => endpoint.State.InterfaceName).Distinct().Count());
            foreach (IEndpoint endpoint in endpoints.OrderBy(_ => random.Next()).Take(random.Next(endpoints.Count + 1)).ToArray())
            {
                await DetachAsync(endpoint, sandbox);
                endpoints.Remove(endpoint);
            }

            endpoints.ForEach(Forget);
            await sandbox.DeleteAsync(Cancel);
            if (own is not null)
            {
                await own.DeleteAsync(Cancel);
            }
        }

        private async Task<IEndpoint> AttachAsync(INetwork network, ISandbox sandbox)
        {
            IEndpoint endpoint = await network.AttachAsync(
                sandbox, new EndpointSpec { Name = _name }, new JoinOptions { GatewayPriority = random.Next(3) }, Cancel);
            foreach (IPAddress address in AddressesOf(endpoint))
            {
                Assert.True(addresses.TryAdd(address, _name), $"{address} was given to {_name} and to {addresses.GetValueOrDefault(address)}");
            }

            return endpoint;
        }

        private async Task DetachAsync(IEndpoint endpoint, ISandbox sandbox)
        {
            Forget(endpoint);   // before it can be given to somebody else
            bool leavesFirst = random.Next(2) == 0;
            if (leavesFirst)
            {
                await endpoint.LeaveAsync(sandbox, Cancel);
            }

            await endpoint.DeleteAsync(force: !leavesFirst, Cancel);
        }

        private void Forget(IEndpoint endpoint)
        {
            foreach (IPAddress address in AddressesOf(endpoint))
            {
                addresses.TryRemove(address, out _);
            }
        }

        private static IEnumerable<IPAddress> AddressesOf(IEndpoint endpoint)
            => new[] { endpoint.State.IPv4?.Address, endpoint.State.IPv6?.Address }.OfType<IPAddress>();

        // The default pools do not suffice for all callers at once: most of them bring their own.
        private NetworkSpec OwnSubnets(NetworkSpec spec) => number % 4 == 0 ? spec : spec with
        {
            Pools = [new PoolSpec { Subnet = Subnet.Parse($"10.{number}.0.0/24") }, new PoolSpec { Subnet = Subnet.Parse($"fd00:0:0:{number}::/64") }],
        };
    }
}
