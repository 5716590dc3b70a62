using LibNetwork.Firewall;

namespace LibNetwork.Core.Tests;

/// <summary>A firewall of somebody else's, which keeps nothing.</summary>
internal sealed class OtherFirewall : INetworkFirewall
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
