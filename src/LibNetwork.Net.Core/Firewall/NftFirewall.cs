using LibNetwork.Controller;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The firewall of one host in nftables: constant rules in tables of our own, and all state as elements of their sets and maps.</summary>
/// <remarks>
/// The tables come with the first network and go with the last. The model is touched in turns at the kernel only, so it needs no lock,
/// and each change is one transaction: it happens in the kernel and the model, or in neither.
/// </remarks>
internal sealed partial class NftFirewall(
    HostKernel kernel, TimeProvider time, FirewallMode mode = FirewallMode.Nftables, ForeignFirewall foreignFirewall = ForeignFirewall.Respect) : INetworkFirewall
{
    private readonly Dictionary<NetworkId, FirewallNetwork> _networks = [];
    private readonly Dictionary<EndpointId, FirewallEndpoint> _endpoints = [];
    private readonly HashSet<FirewallLink> _links = [];
    private readonly PortElements.Model _ports = new();
    private bool _replacing;   // changes only touch the model, which is put in place as a whole
    private bool _isComplete = true;   // not while something lives, and is protected, that the model does not know

    public async ValueTask ReplaceAsync(Func<ValueTask<bool>> changes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        await kernel.RunAsync(static (_, self) => self._replacing = true, this, cancellationToken).ConfigureAwait(false);
        bool isComplete;
        try
        {
            isComplete = await changes().ConfigureAwait(false);
        }
        catch
        {
            await kernel.RunAsync(static (_, self) => self.Forget(), this, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await kernel.RunAsync(static (session, state) => state.self.Replace(session, state.isComplete), (self: this, isComplete), CancellationToken.None)
            .ConfigureAwait(false);
    }

    public async ValueTask AddNetworkAsync(FirewallNetwork network, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        await HostOwnership.EnsureAsync(kernel, cancellationToken).ConfigureAwait(false);   // the first network makes the tables anew, whoever's they are
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

    public async ValueTask ChangePortsAsync(
        IReadOnlyCollection<FirewallPort> opened, IReadOnlyCollection<FirewallPort> closed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(opened);
        ArgumentNullException.ThrowIfNull(closed);
        await kernel.RunAsync(
            static (session, state) => state.self.ChangePorts(session, state.opened, state.closed), (self: this, opened, closed), cancellationToken)
            .ConfigureAwait(false);
    }

    private bool Replace(KernelSession session, bool isComplete)
    {
        _replacing = false;
        _isComplete = isComplete;
        if (!IsInForce)
        {
            return false;
        }

        NftRuleset present = session.Nftables.ReadRuleset(family: null, RoutedTable.Table);   // both tables have one name
        _egress.TakeUp(RoutedTable.Find(present));
        return Replace(session, present, isComplete);
    }

    private bool Replace(KernelSession session, NftRuleset present, bool isComplete)
    {
        NftTransaction transaction = session.Nftables.Begin();
        Write(transaction, present, isComplete);
        Write(transaction, CompareForeign(session, _networks.Values, isComplete));
        session.Nftables.Commit(transaction);
        return true;
    }

    /// <summary>Writes down what makes our tables as they should be.</summary>
    private void Write(NftTransaction transaction, NftRuleset present, bool isComplete)
    {
        if (_networks.Count > 0)
        {
            RoutedTable.Replace(transaction, present, isComplete, _networks.Values, _links, _ports, _egress);
            BridgedTable.Replace(
                transaction, present, isComplete, BridgedEndpoints, _links);
        }
        else if (isComplete)
        {
            RoutedTable.Delete(transaction);
            BridgedTable.Delete(transaction);
        }
    }

    /// <summary>Nothing of what was told is in the kernel, so nothing of it is known.</summary>
    private bool Forget()
    {
        _replacing = false;
        _networks.Clear();
        _endpoints.Clear();
        _links.Clear();
        _ports.Clear();
        _egress.Clear();
        return true;
    }

    private bool Add(KernelSession session, FirewallNetwork network)
    {
        if (_networks.TryGetValue(network.Id, out FirewallNetwork? present))
        {
            return present == network
                ? false
                : throw NetworkException.Conflict($"firewall of network {network.Id}", "is set up differently already", present.Interface.Value);
        }

        if (_networks.Count == 0)
        {
            if (!_isComplete && !IsOnlyTold)
            {
                return AddBesideUnknown(session, network);
            }
        }

        Change(session, transaction =>
        {
            if (_networks.Count == 0)
            {
                RoutedTable.Create(transaction);
                BridgedTable.Create(transaction);
            }

            RoutedTable.AddNetwork(transaction, network);
            WriteForeign(session, transaction, [.. _networks.Values, network]);
        });
        _networks.Add(network.Id, network);
        return true;
    }

    /// <summary>Adds the first network beside the rules of what an earlier process left and nobody could take up: it may live.</summary>
    private bool AddBesideUnknown(KernelSession session, FirewallNetwork network)
    {
        _networks.Add(network.Id, network);
        try
        {
            return Replace(session, session.Nftables.ReadRuleset(family: null, RoutedTable.Table), isComplete: false);
        }
        catch
        {
            _networks.Remove(network.Id);
            throw;
        }
    }

    private bool Remove(KernelSession session, NetworkId networkId)
    {
        if (!_networks.TryGetValue(networkId, out FirewallNetwork? network))
        {
            return false;
        }

        Change(session, transaction =>
        {
            if (_networks.Count == 1 && _isComplete)
            {
                RoutedTable.Delete(transaction);
                BridgedTable.Delete(transaction);
            }
            else
            {
                RoutedTable.RemoveNetwork(transaction, network);
            }

            WriteForeign(session, transaction, [.. _networks.Values.Where(other => other.Id != networkId)]);
        });
        _networks.Remove(networkId);
        if (_networks.Count == 0)
        {
            _endpoints.Clear();
            _links.Clear();
            _ports.Clear();
            _egress.Clear();
        }

        return true;
    }

    private bool Add(KernelSession session, FirewallEndpoint endpoint)
    {
        bool mayTalk = !IsClosed(endpoint.NetworkId);
        FirewallEndpoint? former = _endpoints.GetValueOrDefault(endpoint.EndpointId);
        if ((!BridgedTable.Knows(endpoint, mayTalk) && endpoint.Egress is null) || former?.Port == endpoint.Port)
        {
            return false;
        }

        EgressChange egress = former is null ? Restrict(endpoint) : EgressChange.None;   // a policy does not go by the port
        ForgetFormerFlows(session, endpoint);
        Change(session, transaction =>
        {
            if (former is not null)
            {
                BridgedTable.RemoveEndpoint(transaction, former, mayTalk);
            }

            BridgedTable.AddEndpoint(transaction, endpoint, mayTalk);
            RoutedTable.ChangeElements(transaction, egress.Removed, egress.Added);
        });
        egress.Apply();
        _endpoints[endpoint.EndpointId] = endpoint;
        return true;
    }

    private bool Remove(KernelSession session, EndpointId endpointId)
    {
        if (!_endpoints.TryGetValue(endpointId, out FirewallEndpoint? endpoint))
        {
            return false;
        }

        EgressChange egress = _egress.Remove(endpointId);
        Change(session, transaction =>
        {
            BridgedTable.RemoveEndpoint(transaction, endpoint, mayTalk: !IsClosed(endpoint.NetworkId));
            RoutedTable.ChangeElements(transaction, egress.Removed, egress.Added);
        });
        egress.Apply();
        _endpoints.Remove(endpointId);
        return true;
    }

    private bool Add(KernelSession session, FirewallLink link)
    {
        if (!IsClosed(link.NetworkId) || _links.Contains(link))
        {
            return false;
        }

        Change(session, transaction =>
        {
            BridgedTable.AddLink(transaction, link);
            RoutedTable.AddLink(transaction, link);
        });
        return _links.Add(link);
    }

    private bool Remove(KernelSession session, FirewallLink link)
    {
        if (!_links.Contains(link))
        {
            return false;
        }

        bool isLast = !_links.Any(other => other != link && IsBetween(other, link));
        Change(session, transaction =>
        {
            BridgedTable.RemoveLink(transaction, link, isLast);
            RoutedTable.RemoveLink(transaction, link);
        });
        return _links.Remove(link);
    }

    private bool ChangePorts(KernelSession session, IEnumerable<FirewallPort> opened, IEnumerable<FirewallPort> closed)
    {
        PortElements plan = _ports.Plan(opened.Where(port => _networks.ContainsKey(port.NetworkId)), closed);
        if (plan.Added.Count + plan.Removed.Count == 0)
        {
            return false;
        }

        Change(session, transaction => RoutedTable.ChangePorts(transaction, plan));
        _ports.Apply(plan);
        return true;
    }

    private void Change(KernelSession session, Action<NftTransaction> write)
    {
        if (IsOnlyTold)
        {
            return;
        }

        try
        {
            Commit(session, write);
        }
        catch (KernelException refused) when (refused.Errno == LinuxErrno.ENOENT && !_isPart && (Reconcile(session, repair: true).Count > 0 || Integrates))
        {
            Commit(session, write);   // somebody had removed what the change builds on, of ours or of others
        }
    }

    private static void Commit(KernelSession session, Action<NftTransaction> write)
    {
        NftTransaction transaction = session.Nftables.Begin();
        write(transaction);
        session.Nftables.Commit(transaction);
    }

    private IEnumerable<(FirewallEndpoint Endpoint, bool MayTalk)> BridgedEndpoints
        => _endpoints.Values.Select(endpoint => (endpoint, !IsClosed(endpoint.NetworkId)));

    private static bool IsBetween(FirewallLink one, FirewallLink other)
        => (one.Client.Equals(other.Client) && one.Server.Equals(other.Server)) || (one.Client.Equals(other.Server) && one.Server.Equals(other.Client));

    private bool IsClosed(NetworkId networkId) => _networks.TryGetValue(networkId, out FirewallNetwork? network) && !network.InterContainer;
}
