using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Compares a network's bridge, tunnels and peers with the kernel. Changes nothing.</summary>
internal sealed class OverlayComparison(OverlayNetwork network)
{
    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Whether all links are there, so that peers can be.</summary>
    public bool AreLinksThere { get; private set; } = true;

    /// <summary>Whether a link must be made anew or changed.</summary>
    public bool NeedsConstruction { get; private set; }

    public void CompareLinks(KernelSession session)
    {
        Compare(session, network.BridgeName, network.BridgeIndex, OverlayMarks.Of(network), master: null);
        for (int i = 0; i < network.Segments.Count; i++)
        {
            Compare(session, network.Segments[i].Tunnel, network.TunnelIndexes[i], OverlayMarks.Of(network, network.Segments[i]), network.BridgeIndex);
        }

        NeedsConstruction = _findings.Count > 0;
    }

    public void ComparePeers(KernelSession session)
    {
        if (PeerProgramming.CountMissing(session, network) is var missing and > 0)
        {
            Add(FindingKind.PeerMissing, $"{network.Peers.All.Count} peers on {network.Peers.Nodes.Count} nodes", $"{missing} of them are not as they should be");
        }
    }

    public void Add(FindingKind kind, string wanted, string found)
        => _findings.Add(new Finding { Kind = kind, Subject = network.Subject, NetworkId = network.Id, Wanted = wanted, Found = found });

    private void Compare(KernelSession session, InterfaceName name, int index, string mark, int? master)
    {
        LinkInfo? link = session.Route.FindLink(name.Value);
        if (link is null || link.Group == LinkReaper.CondemnedGroup || link.Index != index)
        {
            AreLinksThere = false;
            Add(FindingKind.LinkMissing, $"interface \"{name}\"", link is null ? "no such interface" : "another interface of that name");
            return;
        }

        if (!link.Up)
        {
            Add(FindingKind.LinkDown, $"\"{name}\" is up", "it is down");
        }

        if (link.Mtu != network.Mtu)
        {
            Add(FindingKind.LinkChanged, $"MTU {network.Mtu}", $"MTU {link.Mtu} of \"{name}\"");
        }

        if (link.Alias != mark)
        {
            Add(FindingKind.LinkChanged, $"the mark \"{mark}\"", $"\"{link.Alias}\"");
        }

        if (master is not null && link.Master != master)
        {
            Add(FindingKind.PortDetached, $"\"{name}\" is a port of \"{network.BridgeName}\"", "it is not");
        }
    }
}
