using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A resolver whose process ends, and what the next one makes of the rules inside the sandbox.</summary>
[Trait("Category", "Kernel")]
public sealed class ResolverRestoreTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "ST-05")]
    public async Task It_comes_back_at_the_same_ports_and_the_rules_are_not_touched()
    {
        await using World world = await World.CreateAsync();
        string inside = await SettleAsync(world);
        (uint before, _, _) = await ReadAsync(world, inside);

        await world.RestartAsync();

        Assert.Equal(before, (await ReadAsync(world, inside)).Generation);
        await AssertAnswersAsync(world);
    }

    [Fact]
    public async Task Rules_that_were_changed_meanwhile_are_laid_anew()
    {
        await using World world = await World.CreateAsync();
        string inside = await SettleAsync(world);

        await world.RestartAsync(() => world.InKernelAsync(
            static session =>
            {
                NftTransaction transaction = session.Nftables.Begin();
                transaction.FlushChain(NftFamily.IPv4, "libnetwork_dns", "ports");
                session.Nftables.Commit(transaction);
            },
            inside));

        await AssertAnswersAsync(world);
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public async Task A_port_that_a_container_took_meanwhile_is_left_to_it(SocketType type)
    {
        await using World world = await World.CreateAsync();
        string inside = await SettleAsync(world);
        (_, ushort udp, ushort tcp) = await ReadAsync(world, inside);
        ushort taken = type == SocketType.Dgram ? udp : tcp;
        using NetworkNamespace container = NetworkNamespace.Open(inside);
        using Socket holder = container.OpenSocket(AddressFamily.InterNetwork, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);

        await world.RestartAsync(() =>
        {
            holder.Bind(new IPEndPoint(IPAddress.Any, taken));
            if (type == SocketType.Stream)
            {
                holder.Listen();
            }

            return Task.CompletedTask;
        });

        (_, udp, tcp) = await ReadAsync(world, inside);
        Assert.NotEqual(taken, type == SocketType.Dgram ? udp : tcp);
        await AssertAnswersAsync(world);
    }

    private static async Task<string> SettleAsync(World world)
    {
        INetwork front = await world.NetworkAsync("front");
        ISandbox sandbox = await world.SandboxAsync("a");
        await front.AttachAsync(sandbox, new EndpointSpec { Name = "a", DnsNames = ["me"] }, cancellationToken: Cancel);
        return sandbox.NamespacePath;
    }

    private static async Task AssertAnswersAsync(World world)
    {
        string own = world.Controller.GetNetwork("front").GetEndpoint("a").State.IPv4!.Value.Address.ToString();   // the network has IPv4
        DnsClient client = new(world.Controller.GetSandbox("a").OpenSocket);
        Assert.Equal([own], (await client.AskAsync("me")).Data);
        Assert.Equal([own], (await client.AskByStreamAsync("me")).Data);
    }

    /// <summary>The count of changes to the rules inside, and the resolver's ports, which the table's comment ends with.</summary>
    private static async Task<(uint Generation, ushort Udp, ushort Tcp)> ReadAsync(World world, string inside)
    {
        (uint, ushort, ushort) found = default;
        await world.InKernelAsync(
            session =>
            {
                NftRuleset rules = session.Nftables.ReadRuleset(NftFamily.IPv4, "libnetwork_dns");
                string[] words = Assert.Single(rules.Tables).Comment!.Split(' ');   // ours has one
                found = (rules.Generation, ushort.Parse(words[^2], CultureInfo.InvariantCulture), ushort.Parse(words[^1], CultureInfo.InvariantCulture));
            },
            inside);
        return found;
    }
}
