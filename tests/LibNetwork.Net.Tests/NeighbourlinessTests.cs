using LibNetwork.Linux.Nftables;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What is not ours stays as it was: rules, policies, bridges and the kernel's parameters.</summary>
[Trait("Category", "Kernel")]
public sealed class NeighbourlinessTests
{
    private const int Steps = 1000;

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(1)]
    [InlineData(20261128)]
    public async Task A_thousand_steps_leave_what_is_not_ours_as_it_was(int seed)
    {
        await using World world = await CreateForwardingAsync();
        await MakeNeighboursAsync(world);
        string[] rules = await ForeignRulesAsync(world);
        SortedDictionary<string, string> parameters = await ParametersAsync(world);
        Random random = new(seed);
        List<INetwork> networks = [];
        List<(ISandbox Sandbox, IEndpoint Endpoint)> containers = [];

        for (int step = 0; step < Steps; step++)
        {
            await StepAsync(world, random, step, networks, containers);
            if (step % 250 == 249)
            {
                Assert.Equal(rules, await ForeignRulesAsync(world));
                AssertSame(parameters, await ParametersAsync(world));
            }
        }

        foreach ((ISandbox sandbox, _) in containers)
        {
            await sandbox.DeleteAsync(Cancel);
        }

        foreach (INetwork network in networks)
        {
            await network.DeleteAsync(Cancel);
        }

        await world.Controller.DrainAsync();
        Assert.Equal(rules, await LinesAsync(world));   // and nothing of ours is left
        AssertSame(parameters, await ParametersAsync(world));
    }

    /// <summary>The control: the comparison sees a rule and a parameter that change.</summary>
    [Fact]
    public async Task A_change_of_what_is_not_ours_is_seen()
    {
        await using World world = await CreateForwardingAsync();
        await MakeNeighboursAsync(world);
        string[] rules = await ForeignRulesAsync(world);
        SortedDictionary<string, string> parameters = await ParametersAsync(world);
        await using Disturber somebody = Disturber.In(world.Host.NamespacePath);

        await somebody.ChangeRulesAsync(static (_, rules) => rules.AddRule(NftFamily.IPv4, "filter", "FORWARD", new NftRule().IifName("eth9").Drop()));
        await somebody.SetSysctlAsync("net/ipv4/ip_local_port_range", "20000 30000");

        SortedDictionary<string, string> changed = await ParametersAsync(world);

        Assert.NotEqual(rules, await ForeignRulesAsync(world));
        Assert.ThrowsAny<Exception>(() => AssertSame(parameters, changed));
    }

    private static async Task StepAsync(
        World world, Random random, int step, List<INetwork> networks, List<(ISandbox Sandbox, IEndpoint Endpoint)> containers)
    {
        switch (random.Next(10))
        {
            case 0 or 1 when networks.Count < 8:
                networks.Add(await world.NetworkAsync($"n{step}", spec => spec with
                {
                    EnableIPv6 = random.Next(2) == 0,
                    Internal = random.Next(4) == 0,
                    Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = random.Next(2) == 0 ? "true" : "false" },
                }));
                break;
            case 2 when networks.Count > 0 && networks[random.Next(networks.Count)] is { Endpoints.Count: 0 } unused:
                networks.Remove(unused);
                await unused.DeleteAsync(Cancel);
                break;
            case >= 3 and <= 6 when networks.Count > 0 && containers.Count < 30:
                INetwork network = networks[random.Next(networks.Count)];
                ISandbox sandbox = await world.SandboxAsync($"c{step}");
                string[] ports = random.Next(2) == 0 ? [] : [$"{10_000 + step}:80/tcp", $"{10_000 + step}:80/udp"];
                containers.Add((sandbox, await world.AttachAsync(network, $"c{step}", ports)));
                break;
            case >= 7 when containers.Count > 0:
                (ISandbox Sandbox, IEndpoint Endpoint) leaving = containers[random.Next(containers.Count)];
                containers.Remove(leaving);
                if (random.Next(2) == 0)
                {
                    await leaving.Endpoint.DeleteAsync(force: true, Cancel);
                }

                await leaving.Sandbox.DeleteAsync(Cancel);
                break;
        }
    }

    /// <summary>Rules as iptables-nft writes them, a set, and a policy of somebody else.</summary>
    private static async Task MakeNeighboursAsync(World world)
    {
        await using Disturber somebody = Disturber.In(world.Host.NamespacePath);
        await somebody.ChangeRulesAsync(static (_, rules) =>
        {
            rules.AddTable(NftFamily.IPv4, "filter");
            rules.AddBaseChain(NftFamily.IPv4, "filter", "FORWARD", NftHook.Forward, NftChainType.Filter, priority: 0);
            rules.AddChain(NftFamily.IPv4, "filter", "DOCKER-USER");
            rules.AddRule(NftFamily.IPv4, "filter", "FORWARD", new NftRule().Jump("DOCKER-USER"));
            rules.AddRule(NftFamily.IPv4, "filter", "DOCKER-USER", new NftRule().IifName("eth7").Drop());
            rules.AddTable(NftFamily.Inet, "theirs");
            rules.AddSet(NftFamily.Inet, "theirs", new NftSetSpec { Name = "blocked", Key = [NftDataType.IPv4Address] });
            rules.AddElement(NftFamily.Inet, "theirs", "blocked", NftElement.Of(System.Net.IPAddress.Parse("198.51.100.7")));
        });
    }

    private static async Task<string[]> LinesAsync(World world)
        => (await Nft.ListAsync(world.Host)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string[]> ForeignRulesAsync(World world)
    {
        List<string> lines = [];
        bool isOurs = false;
        foreach (string line in await LinesAsync(world))
        {
            isOurs = line.StartsWith("table ", StringComparison.Ordinal) ? line.EndsWith(" libnetwork {", StringComparison.Ordinal) : isOurs;
            if (!isOurs)
            {
                lines.Add(line);
            }
        }

        return [.. lines];
    }

    /// <summary>All parameters of the host's network that can be read.</summary>
    private static Task<SortedDictionary<string, string>> ParametersAsync(World world) => world.Host.Namespace.RunInsideAsync(static () =>
    {
        const string Root = "/proc/sys/";
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles("/proc/sys/net", "*", SearchOption.AllDirectories))
        {
            try
            {
                values[path[Root.Length..]] = File.ReadAllText(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // One that is only written, or of an interface that went just now.
            }
        }

        return values;
    });

    private static void AssertSame(SortedDictionary<string, string> before, SortedDictionary<string, string> now)
        => Assert.Empty(before.Where(parameter => now.GetValueOrDefault(parameter.Key) != parameter.Value).Select(parameter => parameter.Key));

    // It forwards already: that, and what the kernel does with it, is all that a network turns on.
    private static Task<World> CreateForwardingAsync() => World.CreateAsync(new FaultInjector());
}
