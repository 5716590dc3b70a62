using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Says whose stations and neighbours may have been changed, so that they need not be read to know. Used only in turns at the kernel.</summary>
/// <remarks>One netlink socket. What happens waits in the kernel until it is read; what is lost makes everything suspect.</remarks>
internal sealed class EntryWatch : IDisposable
{
    private readonly Queue<RouteEvent> _events = new();
    private RouteMonitor? _monitor;

    /// <summary>Begins to follow, if it does not already.</summary>
    public void Start(KernelSession session) => _monitor ??= RouteMonitor.Open(session.HostNamespace, RouteEventGroups.Neighbours);

    /// <summary>Marks the networks in whose tunnels something has happened since the last time.</summary>
    public void Read(IEnumerable<OverlayNetwork> networks)
    {
        _monitor?.ReadWaiting(_events);
        if (_events.Count == 0)
        {
            return;
        }

        HashSet<int> touched = [];
        bool isLost = false;
        while (_events.TryDequeue(out RouteEvent? happened))
        {
            isLost |= happened.Kind == RouteEventKind.Overrun;
            if ((happened.Neighbour?.Index ?? happened.ForwardingEntry?.Index) is { } index)
            {
                touched.Add(index);
            }
        }

        foreach (OverlayNetwork network in networks)
        {
            network.IsSuspect |= isLost || network.TunnelIndexes.Any(touched.Contains);
        }
    }

    public void Dispose() => _monitor?.Dispose();
}
