using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Compares the host's end of an endpoint's cable in one turn at the kernel, and puts back what can be put back. A lost cable is for the driver to replace.</summary>
internal sealed class CableMending(OverlayEndpoint endpoint, bool isFarEndMissing, bool repair)
{
    private readonly List<Finding> _findings = [];

    /// <summary>Whether there must be a new cable.</summary>
    public bool IsLost { get; private set; }

    public IReadOnlyList<Finding> Run(KernelSession session)
    {
        OverlayNetwork network = endpoint.Network;
        LinkInfo? link = endpoint.Port is { } port ? session.Route.FindLink(port.Value) : null;
        if (isFarEndMissing || link is not { Kind: "veth", Group: not LinkReaper.CondemnedGroup })
        {
            IsLost = true;
            Add(FindingKind.LinkMissing, "a cable between bridge and sandbox", isFarEndMissing ? "no interface in the sandbox" : "no interface on the host");
            return _findings;
        }

        if (link.Master != network.BridgeIndex)
        {
            Add(FindingKind.PortDetached, $"\"{link.Name}\" is a port of \"{network.BridgeName}\"", "it is not");
        }

        if (!link.Up)
        {
            Add(FindingKind.LinkDown, $"\"{link.Name}\" is up", "it is down");
        }

        if (link.Mtu != network.Mtu)
        {
            Add(FindingKind.LinkChanged, $"MTU {network.Mtu}", $"MTU {link.Mtu}");
        }

        if (repair && _findings.Count > 0)
        {
            session.Route.Batch.ChangeLink(link.Index, new LinkChange { Master = network.BridgeIndex, Mtu = network.Mtu, Up = true });
            session.Route.Batch.SettleLink(link.Index);
            session.Route.Execute();
        }

        return _findings;
    }

    private void Add(FindingKind kind, string wanted, string found) => _findings.Add(new Finding
    {
        Kind = kind, Subject = endpoint.Subject, NetworkId = endpoint.Network.Id, EndpointId = endpoint.Id, Wanted = wanted, Found = found,
    });
}
