using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

/// <content>The MTU follows the routes to the peers.</content>
internal sealed partial class OverlayDriver
{
    private async Task RefreshMtusAsync(CancellationToken cancellationToken)
    {
        foreach (OverlayNetwork network in _networks.Values.Where(network => network.IsBuilt && GivenMtu(network) is null))
        {
            await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (network.IsBuilt)
                {
                    await _kernel.RunAsync(static (session, state) => state.Self.RefreshMtu(session, state.network), (Self: this, network), cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            finally
            {
                network.Turn.Release();
            }
        }
    }

    private bool RefreshMtu(KernelSession session, OverlayNetwork network)
    {
        uint mtu = MtuFor(session, network, network.Peers.Nodes);
        if (mtu == network.Mtu)
        {
            return false;
        }

        SetMtu(session, network, mtu);
        Log.MtuChanged(_logger, network.Subject, mtu);
        return true;
    }

    /// <summary>Sets the MTU of a network's interfaces, on the host and inside sandboxes.</summary>
    private void SetMtu(KernelSession session, OverlayNetwork network, uint mtu)
    {
        RtNetlinkBatch batch = session.Route.Batch;
        LinkChange change = new() { Mtu = mtu };
        List<(string NamespacePath, int Index)> inside = [];
        List<int> ports = [];
        foreach (OverlayEndpoint endpoint in EndpointsOf(network))
        {
            if (endpoint.Port is { } port && session.Route.FindLink(port.Value) is { } link)
            {
                ports.Add(link.Index);
                inside.AddRange(link.LinkIndex is { } other ? [(endpoint.NamespacePath, other)] : []);
            }
        }

        foreach (int index in (IEnumerable<int>)[.. ports, .. network.TunnelIndexes, network.BridgeIndex])   // the bridge last: it follows its ports
        {
            batch.ChangeLink(index, change);
        }

        session.Route.ExecuteUnlessGone();
        foreach ((string path, int index) in inside)
        {
            SetMtu(session, path, index, change);
        }

        network.Mtu = mtu;
    }

    private static void SetMtu(KernelSession session, string namespacePath, int index, LinkChange change)
    {
        try
        {
            using NetworkNamespace inside = NetworkNamespace.Open(namespacePath);
            using RtNetlink route = session.OpenRoute(inside);
            route.Batch.ChangeLink(index, change);
            route.ExecuteUnlessGone();
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT && exception.Subject == namespacePath)
        {
            // The interface went with the namespace.
        }
    }
}
