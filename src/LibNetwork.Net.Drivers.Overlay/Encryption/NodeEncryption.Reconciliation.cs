using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.WireGuard;
using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <content>What somebody takes away comes back. A key does not: the kernel alone knew it, and there is a new one.</content>
internal sealed partial class NodeEncryption
{
    /// <summary>Compares this node's interfaces and the keys of others with the kernel.</summary>
    public async ValueTask<IReadOnlyList<Finding>> ReconcileAsync(DriverNetworkReconcileRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<Finding> findings = [];
            await AskKernelAsync(Subject, session => Compare(session, request, findings), cancellationToken).ConfigureAwait(false);
            if (findings.Count > 0 && request.Repair)
            {
                Announce();
                Follow();
                await _moveEnds(cancellationToken).ConfigureAwait(false);
            }

            return findings;
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool Compare(KernelSession session, DriverNetworkReconcileRequest request, List<Finding> findings)
    {
        foreach (CipherLink link in _links)
        {
            if (!HasKey(session, link))
            {
                Add(FindingKind.LinkMissing, $"interface \"{link.Name}\" with this node's key", "no such interface, or another key");
                if (request.Repair)
                {
                    Replace(session, link);
                }
            }
            else if (session.Route.FindLink(link.Index) is { Up: false })
            {
                Add(FindingKind.LinkDown, $"\"{link.Name}\" is up", "it is down");
                if (request.Repair)
                {
                    CipherConstruction.BringUp(session, link);
                    LeadAnew(session);   // addresses and routes went when it was down
                }
            }
            else if (MissingKeys(session, link) is var missing and > 0)
            {
                Add(FindingKind.PeerMissing, $"{_keys.All.Count()} keys of others on \"{link.Name}\", and ways to them", $"{missing} are missing");
                if (request.Repair)
                {
                    CipherProgramming.Add(session, link, _keys.All, knocks: false);
                    LeadAnew(session);
                }
            }
        }

        return true;

        void Add(FindingKind kind, string wanted, string found)
            => findings.Add(new Finding { Kind = kind, Subject = Subject, NetworkId = request.NetworkId, Wanted = wanted, Found = found });
    }

    private static bool HasKey(KernelSession session, CipherLink link)
        => session.Route.FindLink(link.Index) is { } found && found.Name == link.Name.Value && found.Group != LinkReaper.CondemnedGroup
            && session.WireGuard.Read(link.Index)?.PublicKey == link.Key.PublicKey;

    private int MissingKeys(KernelSession session, CipherLink link)
    {
        HashSet<WireGuardKey> present = [.. (session.WireGuard.Read(link.Index)?.Peers ?? []).Select(static peer => peer.PublicKey)];
        HashSet<(System.Net.IPNetwork, int?)> routes = [.. session.Route.DumpRoutes().Select(static route => (route.Destination, route.OutputInterface))];
        return _keys.All.Count(peer => !present.Contains(peer.Key.PublicKey)
            || (_ways.GetValueOrDefault(peer.Key.Address) == link && !routes.Contains((peer.Key.Network, link.Index))));
    }

    private void Replace(KernelSession session, CipherLink lost)
    {
        SetLinks([.. _links.Where(link => link != lost)]);
        CipherConstruction.TakeDown(session, _members, lost);
        if (_links.Count == 0 && !TryAddLink(session))
        {
            SetLinks([lost]);
            throw new KernelException("create wireguard", CipherLink.NameOf(_number + 1).Value, LinuxErrno.EEXIST);
        }

        LeadAnew(session);
    }

    private void LeadAnew(KernelSession session)
    {
        _ways.Clear();
        Lead(session);
    }
}
