using System.Net;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Answers are the endpoints that live, from the moment on in which a verb returns, whatever else comes and goes.</summary>
[Trait("Category", "Kernel")]
public sealed class ResolverChurnTests
{
    private const int Comers = 4;
    private const int Rounds = 25;

    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "DN-01"), Trait("Feature", "CN-40")]
    public async Task Who_has_come_is_found_and_who_has_gone_is_not_while_others_come_and_go()
    {
        await using World world = await World.CreateAsync();
        await File.WriteAllTextAsync(world.ResolvConfPath, $"nameserver {TestHost.OutsideIPv4}\n", Cancel);
        await using FakeDnsServer outside = new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 53), FakeDnsServer.Code((int)DnsResponseCode.NameError));
        INetwork front = await world.NetworkAsync("front");
        ISandbox asker = await world.SandboxAsync("asker");
        await front.AttachAsync(asker, new EndpointSpec { Name = "asker" }, cancellationToken: Cancel);
        DnsClient client = new(asker.OpenSocket);

        await Task.WhenAll(Enumerable.Range(0, Comers).Select(number => Task.Run(() => ComeAndGoAsync(world, front, client, $"c{number}"), Cancel)));
    }

    private static async Task ComeAndGoAsync(World world, INetwork network, DnsClient client, string name)
    {
        ISandbox sandbox = await world.SandboxAsync(name);
        for (int round = 0; round < Rounds; round++)
        {
            // All of them are called "all" as well, so that the index of one name changes under the others.
            IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = name, DnsNames = [name, "all"] }, cancellationToken: Cancel);
            string ipv4 = endpoint.State.IPv4!.Value.Address.ToString(), ipv6 = endpoint.State.IPv6!.Value.Address.ToString();   // its network has both

            Assert.Equal([ipv4], (await client.AskAsync(name)).Data);
            Assert.Equal([ipv6], (await client.AskAsync($"{name}.front", DnsRecordType.Aaaa)).Data);
            Assert.Contains(ipv4, (await client.AskAsync("all")).Data);
            string reverse = string.Join('.', ipv4.Split('.').Reverse()) + ".in-addr.arpa";
            Assert.Equal([$"{name}.front"], (await client.AskAsync(reverse, DnsRecordType.Ptr)).Data);

            string next = $"{name}-{round}";
            await sandbox.RenameAsync(next, Cancel);
            Assert.Equal(DnsResponseCode.NameError, (await client.AskAsync(name)).Code);
            Assert.Equal([ipv4], (await client.AskAsync(next)).Data);

            await endpoint.DeleteAsync(force: true, Cancel);
            Assert.Equal(DnsResponseCode.NameError, (await client.AskAsync(next)).Code);
            Assert.DoesNotContain($"{next}.front", (await client.AskAsync(reverse, DnsRecordType.Ptr)).Data);
        }
    }
}
