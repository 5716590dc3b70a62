using LibNetwork.Drivers;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Testing;

namespace LibNetwork.Tests.Conformance;

/// <summary>The ipvlan driver on a fake kernel.</summary>
public sealed class IpvlanOnFakeTests() : WireDriverConformance("ipvlan")
{
    [Theory, Trait("Feature", "IV-01")]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Interfaces_of_one_parent_in_one_sandbox_are_told_apart_before_they_have_addresses(int first, int second)
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        foreach (int network in (int[])[1, 2])
        {
            await Driver.CreateNetworkAsync(NewNetwork(network), TestContext.Current.CancellationToken);
            await Driver.CreateEndpointAsync(NewEndpoint(network, 1), TestContext.Current.CancellationToken);
            await Driver.JoinAsync(Join(network), TestContext.Current.CancellationToken);
        }

        await Driver.LeaveAsync(NewNetwork(first).Id, NewEndpoint(first, 1).Id, TestContext.Current.CancellationToken);
        IReadOnlyList<LinkInfo> left = await Host.ReadAsync(sandbox, static route => route.DumpLinks());
        await Driver.LeaveAsync(NewNetwork(second).Id, NewEndpoint(second, 1).Id, TestContext.Current.CancellationToken);
        IReadOnlyList<LinkInfo> none = await Host.ReadAsync(sandbox, static route => route.DumpLinks());

        Assert.Equal(["lo", $"eth{second}"], left.Select(static link => link.Name));
        Assert.Equal(["lo"], none.Select(static link => link.Name));

        DriverJoinRequest Join(int network) => new()
        {
            NetworkId = NewNetwork(network).Id, EndpointId = NewEndpoint(network, 1).Id, SandboxId = sandbox.Id, NamespacePath = sandbox.NamespacePath,
            NamespaceDescriptor = sandbox.Namespace.Descriptor, InterfaceName = new InterfaceName($"eth{network}"),
        };
    }

    protected override Task<DriverHost> OpenHostAsync() => DriverHost.OnFakeKernelAsync();
}
