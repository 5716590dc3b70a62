using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.WireGuard;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>Makes this node's WireGuard interfaces in a turn at the kernel, finds those of an earlier process, and takes them down.</summary>
/// <remarks>The members' table knows an interface before it is up and until it is down: it lets nothing in by it but packets of encrypted tunnels.</remarks>
internal static class CipherConstruction
{
    /// <summary>Makes an interface with a fresh key, or nothing.</summary>
    /// <returns><see langword="null"/> when something has its name.</returns>
    public static CipherLink? TryMake(KernelSession session, MembersTable members, int number, OverlayDriverOptions options)
    {
        string name = CipherLink.NameOf(number).Value;
        members.AddCipher(session, name);
        int index = 0;
        try
        {
            session.Route.Batch.CreateWireGuard(new WireGuardLinkSpec { Name = name, Group = LinkReaper.UnfinishedGroup, Mtu = CipherLink.Mtu });
            index = session.Route.ExecuteAndFindLink(name)?.Index ?? throw new KernelException("find link", name, LinuxErrno.ENODEV);
            return Furnish(session, new CipherLinkDraft(number, index, CipherLink.PortOf(number, options)));
        }
        catch (KernelException exception)
        {
            if (index != 0)
            {
                session.Route.Batch.DeleteLink(index);
                session.Route.ExecuteUnlessGone();
            }

            members.RemoveCipher(session, name);
            if (exception.Errno == LinuxErrno.EEXIST)
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>The highest number that an interface has, also one that is about to go.</summary>
    public static int HighestNumber(KernelSession session) => session.Route.DumpLinks().Select(static link => CipherLink.NumberOf(link.Name) ?? 0).Max();

    /// <summary>The interfaces that an earlier process made, the oldest first. Those that are not as they should be are condemned.</summary>
    public static IReadOnlyList<(CipherLink Link, WireGuardDeviceInfo Device)> Find(KernelSession session, OverlayDriverOptions options)
    {
        List<(CipherLink Link, WireGuardDeviceInfo Device)> found = [];
        foreach (LinkInfo link in session.Route.DumpLinks().Where(static link => link.Alias == OverlayMarks.OfCipher && link.Group != LinkReaper.CondemnedGroup))
        {
            if (link.Up && CipherLink.NumberOf(link.Name) is { } number && session.WireGuard.Read(link.Index) is { PublicKey: { } key } device
                && device.ListenPort == CipherLink.PortOf(number, options))
            {
                found.Add((new CipherLink(number, link.Index, new NodeKey(key, device.ListenPort)), device));
            }
            else
            {
                Condemn(session, link.Index);
            }
        }

        return [.. found.OrderBy(static link => link.Link.Number)];
    }

    /// <summary>Condemns an interface; its key is gone for good.</summary>
    public static void TakeDown(KernelSession session, MembersTable members, CipherLink link)
    {
        Condemn(session, link.Index);
        members.RemoveCipher(session, link.Name.Value);
    }

    /// <summary>Brings an interface up with its address; repeating it does no harm.</summary>
    public static void BringUp(KernelSession session, CipherLink link)
    {
        session.WriteSysctl(session.HostNamespace, $"net/ipv6/conf/{link.Name}/disable_ipv6", "0");   // its own address is IPv6, whatever the host's default
        bool isAddressed = session.Route.DumpAddresses().Any(address => address.Index == link.Index && address.Address.Equals(link.Key.Address));
        session.Route.Batch.ChangeLink(link.Index, new LinkChange { Up = true, GenerateLinkLocal = false });
        if (!isAddressed)
        {
            session.Route.Batch.AddAddress(link.Index, link.Key.Address, TunnelAddress.PrefixLength);
        }

        session.Route.Batch.ChangeLink(link.Index, new LinkChange { Alias = OverlayMarks.OfCipher, Group = 0, Mtu = CipherLink.Mtu });
        session.Route.Execute();
    }

    private static void Condemn(KernelSession session, int index)
    {
        session.Route.Batch.ChangeLink(index, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        session.Route.ExecuteUnlessGone();
        session.Reaper.Notify();
    }

    private static CipherLink Furnish(KernelSession session, CipherLinkDraft draft)
    {
        session.WireGuard.GiveNewKey(draft.Index, draft.Port);
        WireGuardKey key = session.WireGuard.Read(draft.Index)?.PublicKey ?? throw new KernelException("read wireguard link", draft.ToString(), LinuxErrno.ENODEV);
        CipherLink link = new(draft.Number, draft.Index, new NodeKey(key, draft.Port));
        BringUp(session, link);
        return link;
    }

    private sealed record CipherLinkDraft(int Number, int Index, ushort Port);
}
