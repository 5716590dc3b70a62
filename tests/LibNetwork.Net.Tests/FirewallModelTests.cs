using LibNetwork.Firewall;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What the firewall remembers is what the kernel holds, also after a change that failed.</summary>
[Trait("Category", "Kernel")]
public sealed class FirewallModelTests
{
    [Fact]
    public async Task An_endpoint_is_remembered_until_the_last_network_is_really_gone()
    {
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        FirewallNetwork network = new() { Id = NetworkId.New(), Interface = new InterfaceName("br-x") };
        FirewallEndpoint endpoint = new(network.Id, EndpointId.New(), new InterfaceName("vethx")) { OwnsSegment = true };
        await world.Firewall.AddNetworkAsync(network, World.Cancel);
        await world.Firewall.AddEndpointAsync(endpoint, World.Cancel);
        Assert.Contains("vethx", await Nft.ListAsync(world.Host), StringComparison.Ordinal);

        faults.Arm(target: 0);
        await Assert.ThrowsAnyAsync<Exception>(async () => await world.Firewall.RemoveNetworkAsync(network.Id, World.Cancel));
        faults.Arm();
        await world.Firewall.RemoveEndpointAsync(network.Id, endpoint.EndpointId, World.Cancel);

        Assert.DoesNotContain("vethx", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
        await world.Firewall.RemoveNetworkAsync(network.Id, World.Cancel);
        Assert.DoesNotContain("libnetwork", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
    }
}
