using LibNetwork.Controller;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Core.Tests;

/// <summary>A firewall of the user's own, which has none of the optional abilities.</summary>
public sealed class OtherFirewallTests
{
    [Fact]
    public async Task A_firewall_that_does_not_tell_its_rules_is_a_refusal_that_names_it()
    {
        await using HostKernel kernel = HostKernel.Open();
        await using InMemoryNetworkStore store = new();
        await using NetworkController controller = new(
            kernel, [], [], store, new OtherFirewall(), new LibNetworkOptions { AvoidHostRanges = false }, NullLogger<NetworkController>.Instance, TimeProvider.System);

        NetworkException refusal = await Assert.ThrowsAsync<NetworkException>(() => controller.GetFirewallScriptAsync(TestContext.Current.CancellationToken));

        Assert.Equal(NetworkErrorKind.NotSupported, refusal.Kind);
        Assert.Contains(nameof(OtherFirewall), refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.Remedy);
    }

    private sealed class OtherFirewall : INetworkFirewall
    {
        public async ValueTask ReplaceAsync(Func<ValueTask<bool>> changes, CancellationToken cancellationToken = default) => await changes();

        public ValueTask AddNetworkAsync(FirewallNetwork network, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask RemoveNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask AddEndpointAsync(FirewallEndpoint endpoint, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask RemoveEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask AddLinkAsync(FirewallLink link, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask RemoveLinkAsync(FirewallLink link, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask ChangePortsAsync(
            IReadOnlyCollection<FirewallPort> opened, IReadOnlyCollection<FirewallPort> closed, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
