using System.Collections.Concurrent;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Publishing.Relay;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Publishing;

/// <summary>The host's ports: takes them, leads them to endpoints by the firewall, and relays where the firewall cannot.</summary>
internal sealed partial class PortPublisher(HostKernel kernel, INetworkFirewall firewall, bool holds, TimeProvider time, ILogger<PortPublisher> logger)
    : IPortPublisher, IAsyncDisposable
{
    private readonly ConcurrentDictionary<EndpointId, IReadOnlyList<PublishedDemand>> _published = new();
    private readonly PortLedger _ledger = new();

    public async ValueTask<IReadOnlyList<PortBinding>> PublishAsync(PublicationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<PublishedDemand> before = _published.GetValueOrDefault(request.EndpointId, []);
        HashSet<PortDemand> wanted = [.. request.Demands];
        PublishedDemand[] kept = [.. before.Where(published => wanted.Remove(published.Demand))];
        PublishedDemand[] ending = [.. before.Except(kept)];
        Name(kept, request.Subject);
        if (wanted.Count + ending.Length == 0)
        {
            return Bindings(before);
        }

        UndoStack undo = new();
        try
        {
            IReadOnlyList<PublishedDemand> added = await TakeAsync(request, kept, before, wanted, undo, cancellationToken).ConfigureAwait(false);
            FirewallPort[] opened = Ports(added), closed = Ports(ending);
            await firewall.ChangePortsAsync(opened, closed, cancellationToken).ConfigureAwait(false);
            undo.Push(() => firewall.ChangePortsAsync(closed, opened, CancellationToken.None));
            await ForgetFlowsAsync([.. added, .. ending], cancellationToken).ConfigureAwait(false);
            StartRelays(added);
            IReadOnlyList<PublishedDemand> now = [.. kept, .. added];
            _published[request.EndpointId] = now;
            await ReleaseAsync(ending).ConfigureAwait(false);
            return Bindings(now);
        }
        catch
        {
            await RollBackAsync(undo, request.Subject).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask WithdrawAsync(EndpointId endpointId, CancellationToken cancellationToken = default)
    {
        if (!_published.TryGetValue(endpointId, out IReadOnlyList<PublishedDemand>? published))
        {
            return;
        }

        FirewallPort[] closed = Ports(published);
        UndoStack undo = new();
        try
        {
            await firewall.ChangePortsAsync([], closed, cancellationToken).ConfigureAwait(false);
            undo.Push(() => firewall.ChangePortsAsync(closed, [], CancellationToken.None));
            await ForgetFlowsAsync(published, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, $"endpoint {endpointId}").ConfigureAwait(false);
            throw;
        }

        await ReleaseAsync(published).ConfigureAwait(false);
        _published.TryRemove(endpointId, out _);
    }

    /// <summary>Lets go of the sockets; what the firewall has stays in the kernel, for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (PublishedDemand published in _published.Values.SelectMany(static all => all))
        {
            await published.DisposeAsync().ConfigureAwait(false);
        }

        _published.Clear();
    }

    /// <summary>Exact ports first, so that a range does not take one of them; then in the order of the endpoint's ports.</summary>
    private async ValueTask<IReadOnlyList<PublishedDemand>> TakeAsync(
        PublicationRequest request, IReadOnlyList<PublishedDemand> kept, IReadOnlyList<PublishedDemand> before, HashSet<PortDemand> wanted, UndoStack undo,
        CancellationToken cancellationToken)
    {
        PortAllocation allocation = new(kernel, _ledger, holds, request.Subject);
        List<PublishedDemand> added = [.. wanted.Where(demand => demand.HostAddress is null)
            .Select(demand => new PublishedDemand(request.NetworkId, demand, hostPorts: null))];
        IEnumerable<IGrouping<(TransportProtocol Protocol, PortRange ContainerPorts, PortRange? HostPorts), PortDemand>> groups = wanted
            .Where(demand => demand.HostAddress is not null)
            .GroupBy(KeyOf)
            .OrderBy(group => group.Key.HostPorts is { } ports && ports.Count == group.Key.ContainerPorts.Count ? 0 : 1)
            .ThenBy(group => group.Key.ContainerPorts.First)
            .ThenBy(group => group.Key.Protocol);
        foreach (IGrouping<(TransportProtocol Protocol, PortRange ContainerPorts, PortRange? HostPorts), PortDemand> group in groups)
        {
            PortRange? sibling = kept.FirstOrDefault(published => KeyOf(published.Demand) == group.Key)?.HostPorts;
            IEnumerable<PortRange> preferred = before.Where(published => KeyOf(published.Demand) == group.Key).Select(published => published.HostPorts)
                .Concat(request.Previous.Where(binding => (binding.Protocol, binding.ContainerPorts) == (group.Key.Protocol, group.Key.ContainerPorts))
                    .Select(binding => binding.HostPorts))
                .OfType<PortRange>().Distinct();
            added.AddRange(await allocation.TakeAsync(request.NetworkId, [.. group], sibling, preferred, undo, cancellationToken).ConfigureAwait(false));
        }

        return added;
    }

    private static (TransportProtocol Protocol, PortRange ContainerPorts, PortRange? HostPorts) KeyOf(PortDemand demand)
        => (demand.Protocol, demand.ContainerPorts, demand.HostPorts);

    private static FirewallPort[] Ports(IEnumerable<PublishedDemand> published) => [.. published.Select(demand => demand.Port)];

    private static IReadOnlyList<PortBinding> Bindings(IEnumerable<PublishedDemand> published)
        => [.. published.Select(demand => demand.Binding)
            .OrderBy(binding => binding.ContainerPorts.First)
            .ThenBy(binding => binding.Protocol)
            .ThenBy(binding => binding.HostPorts?.First)
            .ThenBy(binding => binding.HostAddress?.AddressFamily)
            .ThenBy(binding => binding.HostAddress?.ToString(), StringComparer.Ordinal)];

    /// <summary>Whoever meets these ports is told the name that their endpoint has now.</summary>
    private void Name(IEnumerable<PublishedDemand> published, string subject)
    {
        foreach (PublishedDemand demand in published)
        {
            if (demand is { HostPorts: { } ports, Demand.HostAddress: { } address })
            {
                _ledger.Rename(demand.Demand.Protocol, ports, address, subject);
            }
        }
    }

    private async ValueTask ForgetFlowsAsync(IReadOnlyList<PublishedDemand> changed, CancellationToken cancellationToken)
    {
        if (StaleFlows.MayBe(changed))
        {
            await kernel.RunAsync(static (session, changed) => StaleFlows.Delete(session, changed), changed, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RollBackAsync(UndoStack undo, string subject)
    {
        foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.RollBackFailed(logger, failure, subject);
        }
    }

    private void StartRelays(IReadOnlyList<PublishedDemand> added)
    {
        foreach (PublishedDemand published in added.Where(published => holds && published.IsHeard))
        {
            PortRelay.Start(published, kernel.HostNamespace, time, logger);
        }
    }

    private async ValueTask ReleaseAsync(IEnumerable<PublishedDemand> ended)
    {
        foreach (PublishedDemand published in ended)
        {
            await published.DisposeAsync().ConfigureAwait(false);
            if (published is { HostPorts: { } ports, Demand.HostAddress: { } address })
            {
                _ledger.Release(published.Demand.Protocol, ports, address);
            }
        }
    }
}
