using LibNetwork.Drivers;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkDriverConformance
{
    private const int Networks = 4;

    [Fact]
    public async Task Calls_for_different_networks_and_endpoints_overlap_and_nothing_is_left()
    {
        int networks = IsSingleton ? 1 : Networks;
        IReadOnlyList<string> before = await WithFirstNetworkGoneAsync();
        DriverSandbox[] sandboxes = await Task.WhenAll(Enumerable.Range(1, MaxEndpoints).Select(number => Host.CreateSandboxAsync($"s{number}")));
        IReadOnlyList<string> empty = await Host.SnapshotAsync();

        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(1, networks).Select(network => Task.Run(
                async () =>
                {
                    await Driver.CreateNetworkAsync(NewNetwork(network), Cancel);
                    DriverJoin[] joins = await Task.WhenAll(Enumerable.Range(1, MaxEndpoints).Select(number => Task.Run(() => JoinAsync(network, number), Cancel)));
                    for (int number = 1; number <= MaxEndpoints; number++)
                    {
                        Assert.True(
                            joins[number - 1].SourceName is null || await AddressOfAsync(sandboxes[number - 1], joins[number - 1]) is not null,
                            $"endpoint {number} of network {network} has no interface");
                    }

                    await Task.WhenAll(Enumerable.Range(1, MaxEndpoints).Select(number => Task.Run(() => RemoveAsync(network, number), Cancel)));
                    await DeleteNetworkAsync(NewNetwork(network).Id);
                },
                Cancel)));
            AssertSame(empty, await Host.SnapshotAsync(), $"round {round}");
        }

        foreach (DriverSandbox sandbox in sandboxes)
        {
            await Host.RemoveSandboxAsync(sandbox);
        }

        AssertSame(before, await Host.SnapshotAsync(), "all rounds");

        async Task<DriverJoin> JoinAsync(int network, int number)
        {
            DriverEndpointRequest endpoint = await CreateEndpointAsync(network, number);
            return await Driver.JoinAsync(JoinOf(endpoint, sandboxes[number - 1], $"eth{network}"), Cancel);
        }

        async Task RemoveAsync(int network, int number)
        {
            DriverEndpointRequest endpoint = NewEndpoint(network, number);
            await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
            await Driver.DeleteEndpointAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        }
    }
}
