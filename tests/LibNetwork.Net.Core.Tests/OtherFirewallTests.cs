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
}
