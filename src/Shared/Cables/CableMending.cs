using System.Globalization;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Cables;

/// <summary>Compares the host's end of an endpoint's cable in one turn at the kernel, and puts back what can be put back. A lost cable is for the driver to replace.</summary>
internal sealed class CableMending(Cable cable, bool isFarEndMissing, bool repair)
{
    private readonly List<Finding> _findings = [];

    /// <summary>Whether there must be a new cable.</summary>
    public bool IsLost { get; private set; }

    public IReadOnlyList<Finding> Run(KernelSession session)
    {
        LinkInfo? link = session.Route.FindLink(cable.Port.Value);
        if (isFarEndMissing || link is not { Kind: "veth", Group: not LinkReaper.CondemnedGroup })
        {
            IsLost = true;
            Add(FindingKind.LinkMissing, "a cable between bridge and sandbox", isFarEndMissing ? "no interface in the sandbox" : "no interface on the host");
            return _findings;
        }

        bool isAttached = link.Master == cable.BridgeIndex;
        if (!isAttached)
        {
            string found = link.Master is { } other ? string.Create(CultureInfo.InvariantCulture, $"it is a port of interface {other}") : "it is a port of nothing";
            Add(FindingKind.PortDetached, $"\"{link.Name}\" is a port of \"{cable.BridgeName}\"", found);
        }

        if (!link.Up)
        {
            Add(FindingKind.LinkDown, $"\"{link.Name}\" is up", "it is down");
        }

        if (cable.Mtu is { } mtu && link.Mtu != mtu)
        {
            Add(FindingKind.LinkChanged, string.Create(CultureInfo.InvariantCulture, $"MTU {mtu}"), string.Create(CultureInfo.InvariantCulture, $"MTU {link.Mtu}"));
        }

        bool hasIPv6 = link.IPv6Disabled == false;
        if (hasIPv6)
        {
            Add(FindingKind.SysctlChanged, $"{HostParameters.IPv6Off(link.Name)} = 1", "0");
        }

        if (repair && _findings.Count > 0)
        {
            PutBack(session, link, isAttached, hasIPv6);
        }

        return _findings;
    }

    private void PutBack(KernelSession session, LinkInfo link, bool isAttached, bool hasIPv6)
    {
        if (hasIPv6)
        {
            session.WriteSysctl(session.HostNamespace, HostParameters.IPv6Off(link.Name), "1");
        }

        session.Route.Batch.ChangeLink(link.Index, new LinkChange
        {
            Master = isAttached ? null : cable.BridgeIndex,
            Mtu = cable.Mtu,
            Up = true,
        });
        if (!isAttached && cable.Hairpin)
        {
            session.Route.Batch.ChangeLink(link.Index, new LinkChange { BridgePort = new BridgePortChange { Hairpin = true } });   // as when it was made
        }

        session.Route.Batch.SettleLink(link.Index);
        session.Route.Execute();
    }

    private void Add(FindingKind kind, string wanted, string found) => _findings.Add(new Finding
    {
        Kind = kind,
        Subject = cable.Subject,
        NetworkId = cable.NetworkId,
        EndpointId = cable.EndpointId,
        Wanted = wanted,
        Found = found,
    });
}
