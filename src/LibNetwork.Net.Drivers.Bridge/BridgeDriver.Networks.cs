using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge;

internal sealed partial class BridgeDriver
{
    public async ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (_networks.ContainsKey(request.Id))
        {
            return;
        }

        BridgeNetwork network = BridgeNetworkPlan.Of(request, _options);
        network.IsFirewallInForce = _firewall.IsInForce;
        if (!TryReserve(network))
        {
            return;
        }

        UndoStack undo = new();
        undo.Push(() => _networks.TryRemove(network.Id, out _));
        BridgeConstruction construction = new(_kernel, network, undo, cancellationToken)
        {
            EnableForwarding = _options.EnableForwarding,
            ForwardingIsShared = family => AnotherNeedsForwarding(network, family),
        };
        try
        {
            await _firewall.AddNetworkAsync(network.ToFirewall(), cancellationToken).ConfigureAwait(false);
            undo.Push(() => _firewall.RemoveNetworkAsync(network.Id));
            await AskKernelAsync(network, network.Subject, static (session, work) => work.Run(session), construction, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, network.Subject).ConfigureAwait(false);
            throw;
        }

        Report(network, construction);
    }

    public async ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default)
    {
        if (!_networks.TryGetValue(networkId, out BridgeNetwork? network))
        {
            return;
        }

        foreach (BridgeEndpoint endpoint in _endpoints.Values.Where(endpoint => endpoint.Network == network))
        {
            await DeleteEndpointAsync(networkId, endpoint.Id, cancellationToken).ConfigureAwait(false);
        }

        UndoStack undo = new();
        undo.Push(async () => await _kernel.RunAsync(RestoreBridge, network).ConfigureAwait(false));
        try
        {
            await AskKernelAsync(network, network.Subject, TakeBridgeAway, network, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(undo, network.Subject).ConfigureAwait(false);
            throw;
        }

        // From here on only forward: a repeated call finishes what this one could not.
        await _firewall.RemoveNetworkAsync(networkId, CancellationToken.None).ConfigureAwait(false);
        _networks.TryRemove(networkId, out _);
        Log.NetworkDeleted(_logger, network.Id, network.BridgeName);
    }

    /// <summary>Takes the bridge's name and subnets, so that no other network can.</summary>
    /// <returns><see langword="false"/> when the network is there already.</returns>
    private bool TryReserve(BridgeNetwork network)
    {
        lock (_gate)
        {
            if (_networks.ContainsKey(network.Id))
            {
                return false;
            }

            foreach (BridgeNetwork other in _networks.Values)
            {
                if (other.BridgeName == network.BridgeName)
                {
                    throw NetworkException.Forbidden(
                        network.Subject, $"bridge \"{network.BridgeName}\" belongs to {other.Subject}", other.Name, "choose another bridge name");
                }

                ThrowIfOverlapping(network, network.IPv4, other, other.IPv4);
                ThrowIfOverlapping(network, network.IPv6, other, other.IPv6);
            }

            _networks[network.Id] = network;
            return true;
        }
    }

    private static void ThrowIfOverlapping(BridgeNetwork network, BridgeFamily? family, BridgeNetwork other, BridgeFamily? otherFamily)
    {
        if (family is not null && otherFamily is not null && family.Subnet.Overlaps(otherFamily.Subnet))
        {
            throw new NetworkException(
                NetworkErrorKind.Forbidden, network.Subject, $"subnet {family.Subnet} overlaps {otherFamily.Subnet} of {other.Subject}")
            {
                Reason = NetworkErrorReason.PoolOverlaps,
                Holder = other.Name,
                Remedy = "choose another subnet",
            };
        }
    }

    private bool AnotherNeedsForwarding(BridgeNetwork network, AddressFamily family)
        => _networks.Values.Any(other => other != network
            && !other.Internal
            && (family == AddressFamily.InterNetwork ? other.IPv4 : other.IPv6) is not null);

    private void Report(BridgeNetwork network, BridgeConstruction construction)
    {
        if (construction.Adopted)
        {
            Log.BridgeAdopted(_logger, network.Id, network.BridgeName);
        }

        foreach (string parameter in construction.ForwardingTurnedOn)
        {
            Log.ForwardingEnabled(_logger, network.Id, parameter);
        }

        Log.NetworkCreated(_logger, network.Id, network.BridgeName);
    }

    /// <summary>Condemns a bridge of ours; takes back what a bridge that was there before was lent.</summary>
    private static bool TakeBridgeAway(KernelSession session, BridgeNetwork network)
    {
        RtNetlink route = session.Route;
        if (!network.OwnsBridge)
        {
            foreach (InterfaceAddress address in network.LentAddresses)
            {
                route.Batch.RemoveAddress(network.BridgeIndex, address.Address, address.PrefixLength);
            }

            route.ExecuteUnlessGone();
            if (network.LentLoopbackRouting && route.FindLink(network.BridgeIndex) is not null)
            {
                session.WriteSysctl(session.HostNamespace, network.LoopbackRouting, "0");
            }

            return true;
        }

        route.Batch.ChangeLink(network.BridgeIndex, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        route.ExecuteUnlessGone();
        session.Reaper.Notify();
        return true;
    }

    private static bool RestoreBridge(KernelSession session, BridgeNetwork network)
    {
        RtNetlink route = session.Route;
        LinkInfo? bridge = route.FindLink(network.BridgeIndex);
        if (bridge is null)
        {
            return true;
        }

        if (network.OwnsBridge && (!bridge.Up || bridge.Group != 0))
        {
            route.Batch.ChangeLink(network.BridgeIndex, new LinkChange { Group = 0, Up = true });
            route.Execute();
        }

        // IPv6 addresses went when the bridge was down.
        IReadOnlyList<AddressInfo> present = route.DumpAddresses(network.BridgeIndex);
        foreach (InterfaceAddress address in network.OwnsBridge ? network.OwnAddresses : network.LentAddresses)
        {
            if (!present.Any(other => other.Address.Equals(address.Address)))
            {
                route.Batch.AddAddress(network.BridgeIndex, address.Address, address.PrefixLength);
            }
        }

        route.Execute();
        if (network.LentLoopbackRouting)
        {
            session.WriteSysctl(session.HostNamespace, network.LoopbackRouting, "1");
        }

        return true;
    }
}
