using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The firewall of one host in nftables: constant rules in tables of our own, and all state as elements of their sets and maps.</summary>
/// <remarks>
/// The tables come with the first network and go with the last. The model is touched in turns at the kernel only, so it needs no lock,
/// and each change is one transaction: it happens in the kernel and the model, or in neither.
/// </remarks>
internal sealed class NftFirewall(HostKernel kernel) : INetworkFirewall
{
    private readonly Dictionary<NetworkId, FirewallNetwork> _networks = [];
    private readonly Dictionary<EndpointId, FirewallEndpoint> _endpoints = [];
    private readonly HashSet<FirewallLink> _links = [];

    public async ValueTask AddNetworkAsync(FirewallNetwork network, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        await kernel.RunAsync(static (session, state) => state.self.Add(session, state.network), (self: this, network), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask RemoveNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
        => await kernel.RunAsync(static (session, state) => state.self.Remove(session, state.networkId), (self: this, networkId), cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask AddEndpointAsync(FirewallEndpoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        await kernel.RunAsync(static (session, state) => state.self.Add(session, state.endpoint), (self: this, endpoint), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask RemoveEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
        => await kernel.RunAsync(static (session, state) => state.self.Remove(session, state.endpointId), (self: this, endpointId), cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask AddLinkAsync(FirewallLink link, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        await kernel.RunAsync(static (session, state) => state.self.Add(session, state.link), (self: this, link), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask RemoveLinkAsync(FirewallLink link, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        await kernel.RunAsync(static (session, state) => state.self.Remove(session, state.link), (self: this, link), cancellationToken)
            .ConfigureAwait(false);
    }

    private bool Add(KernelSession session, FirewallNetwork network)
    {
        if (_networks.TryGetValue(network.Id, out FirewallNetwork? present))
        {
            return present == network
                ? false
                : throw NetworkException.Conflict($"firewall of network {network.Id}", "is set up differently already", present.Interface.Value);
        }

        NftTransaction transaction = session.Nftables.Begin();
        if (_networks.Count == 0)
        {
            RoutedTable.Create(transaction);
            BridgedTable.Create(transaction);
        }

        RoutedTable.AddNetwork(transaction, network);
        session.Nftables.Commit(transaction);
        _networks.Add(network.Id, network);
        return true;
    }

    private bool Remove(KernelSession session, NetworkId networkId)
    {
        if (!_networks.TryGetValue(networkId, out FirewallNetwork? network))
        {
            return false;
        }

        NftTransaction transaction = session.Nftables.Begin();
        if (_networks.Count == 1)
        {
            RoutedTable.Delete(transaction);
            BridgedTable.Delete(transaction);
        }
        else
        {
            RoutedTable.RemoveNetwork(transaction, network);
        }

        session.Nftables.Commit(transaction);
        _networks.Remove(networkId);
        if (_networks.Count == 0)
        {
            _endpoints.Clear();
            _links.Clear();
        }

        return true;
    }

    private bool Add(KernelSession session, FirewallEndpoint endpoint)
    {
        bool mayTalk = !IsClosed(endpoint.NetworkId);
        if (!BridgedTable.Knows(endpoint, mayTalk) || _endpoints.ContainsKey(endpoint.EndpointId))
        {
            return false;
        }

        NftTransaction transaction = session.Nftables.Begin();
        BridgedTable.AddEndpoint(transaction, endpoint, mayTalk);
        session.Nftables.Commit(transaction);
        _endpoints.Add(endpoint.EndpointId, endpoint);
        return true;
    }

    private bool Remove(KernelSession session, EndpointId endpointId)
    {
        if (!_endpoints.TryGetValue(endpointId, out FirewallEndpoint? endpoint))
        {
            return false;
        }

        NftTransaction transaction = session.Nftables.Begin();
        BridgedTable.RemoveEndpoint(transaction, endpoint, mayTalk: !IsClosed(endpoint.NetworkId));
        session.Nftables.Commit(transaction);
        _endpoints.Remove(endpointId);
        return true;
    }

    private bool Add(KernelSession session, FirewallLink link)
    {
        if (!IsClosed(link.NetworkId) || _links.Contains(link))
        {
            return false;
        }

        NftTransaction transaction = session.Nftables.Begin();
        BridgedTable.AddLink(transaction, link);
        session.Nftables.Commit(transaction);
        return _links.Add(link);
    }

    private bool Remove(KernelSession session, FirewallLink link)
    {
        if (!_links.Contains(link))
        {
            return false;
        }

        NftTransaction transaction = session.Nftables.Begin();
        bool isLast = !_links.Any(other => other != link && IsBetween(other, link));
        BridgedTable.RemoveLink(transaction, link, isLast);
        session.Nftables.Commit(transaction);
        return _links.Remove(link);
    }

    private static bool IsBetween(FirewallLink one, FirewallLink other)
        => (one.Client.Equals(other.Client) && one.Server.Equals(other.Server)) || (one.Client.Equals(other.Server) && one.Server.Equals(other.Client));

    private bool IsClosed(NetworkId networkId) => _networks.TryGetValue(networkId, out FirewallNetwork? network) && !network.InterContainer;
}
