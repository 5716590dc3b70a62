using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Conntrack;

namespace LibNetwork.Firewall;

/// <content>What endpoints with a policy may reach.</content>
internal sealed partial class NftFirewall : IEgressFirewall
{
    private readonly EgressModel _egress = new(time);

    public async ValueTask ChangeEgressAsync(EndpointId endpointId, EgressPolicy? egress, CancellationToken cancellationToken = default)
        => await kernel.RunAsync(
            static (session, state) => state.self.ChangeEgress(session, state.endpointId, state.egress), (self: this, endpointId, egress), cancellationToken)
            .ConfigureAwait(false);

    public ValueTask<bool> AdmitAsync(
        EndpointId endpointId, IReadOnlyList<EgressRule> rules, IReadOnlyList<IPAddress> addresses, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(addresses);
        return kernel.RunAsync(
            static (session, state) => state.self.Admit(session, state.endpointId, state.rules, state.addresses, state.duration),
            (self: this, endpointId, rules, addresses, duration), cancellationToken);
    }

    private bool Admit(
        KernelSession session, EndpointId endpointId, IReadOnlyList<EgressRule> rules, IReadOnlyList<IPAddress> addresses, TimeSpan duration)
    {
        if (_egress.Admit(endpointId, rules, addresses, duration) is not { } change)
        {
            return false;
        }

        if (change.Added.Count > 0)
        {
            Change(session, transaction => RoutedTable.ChangeElements(transaction, change.Removed, change.Added));
            change.Apply();
        }

        return true;
    }

    private bool ChangeEgress(KernelSession session, EndpointId endpointId, EgressPolicy? egress)
    {
        if (!_endpoints.TryGetValue(endpointId, out FirewallEndpoint? endpoint) || endpoint.Egress == egress)
        {
            return false;
        }

        FirewallEndpoint after = endpoint with { Egress = egress };
        EgressChange change = egress is null ? _egress.Remove(endpointId) : Restrict(after);
        Change(session, transaction => RoutedTable.ChangeElements(transaction, change.Removed, change.Added));
        change.Apply();
        _endpoints[endpointId] = after;
        if (_egress.Find(endpointId) is { } restricted && !_replacing)
        {
            EndForbiddenFlows(session, restricted, _networks[endpoint.NetworkId]);
        }

        return true;
    }

    /// <summary>What it means for the firewall that an endpoint has a policy; nothing when it has none.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.NotSupported"/>: it may send from any address, so that no rule knows it, or rules are not put in place.
    /// </exception>
    private EgressChange Restrict(FirewallEndpoint endpoint)
    {
        if (endpoint.Egress is not { } egress)
        {
            return EgressChange.None;
        }

        string subject = $"egress policy of endpoint {endpoint.EndpointId}";
        if (!IsInForce)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, subject, $"packet rules are the user's affair here ({nameof(FirewallMode)}.{nameof(FirewallMode.None)})")
            {
                Field = nameof(EndpointSpec.Egress),
                Remedy = "close what it may not reach by rules of your own, or let the library keep the rules",
            };
        }

        if (endpoint.Identity is not { } identity)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, subject, "its addresses are not guarded, so that it could use others")
            {
                Field = nameof(EndpointSpec.Egress),
            };
        }

        return _networks.TryGetValue(endpoint.NetworkId, out FirewallNetwork? network)
            ? _egress.Put(endpoint.EndpointId, network.Interface.Value, identity.Addresses, egress)
            : throw NetworkException.NotFound($"network {endpoint.NetworkId}");
    }

    /// <summary>A flow that is known passes, so those that somebody else began from the same addresses must not be known any more.</summary>
    private void ForgetFormerFlows(KernelSession session, FirewallEndpoint endpoint)
    {
        if (endpoint is { Egress: not null, Identity: { } identity } && !_replacing)
        {
            session.Conntrack.Delete([.. identity.Addresses.Select(static address => new ConntrackFilter { OriginalSource = address })]);
        }
    }

    private void EndForbiddenFlows(KernelSession session, RestrictedEndpoint endpoint, FirewallNetwork network)
    {
        long now = time.GetTimestamp();
        HashSet<IPAddress> own = [.. endpoint.Addresses];
        session.Conntrack.Delete(flow => own.Contains(flow.Original.Source)
            && !IsWithin(network, flow.Original.Destination)
            && !endpoint.MayReach(flow.Original.Destination, flow.Original.Protocol, flow.Original.DestinationPort, now));
    }

    private static bool IsWithin(FirewallNetwork network, IPAddress address)
        => network.IPv4?.Subnet.Contains(address) == true || network.IPv6?.Subnet.Contains(address) == true;
}
