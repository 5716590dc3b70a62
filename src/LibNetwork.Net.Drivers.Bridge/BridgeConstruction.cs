using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Builds a network's bridge in one turn at the kernel. Each step first says how it is taken back.</summary>
internal sealed class BridgeConstruction(HostKernel kernel, BridgeNetwork network, UndoStack undo, CancellationToken cancellationToken)
{
    private const ushort AllGroups = 0xfff8;   // all that may be: not spanning tree, pause and link aggregation

    private static readonly Subnet LinkLocal = Subnet.Parse("fe80::/64");

    private string Name => network.BridgeName.Value;

    private bool IPv6IsOff => network.IPv6?.Mode == GatewayMode.Isolated;

    /// <summary>Whether the bridge was there before.</summary>
    public bool Adopted { get; private set; }

    /// <summary>Whether another network relies on forwarding, so that taking it back would break that one.</summary>
    public required Func<AddressFamily, bool> ForwardingIsShared { get; init; }

    /// <summary>Whether forwarding may be turned on.</summary>
    public required bool EnableForwarding { get; init; }

    /// <summary>The forwarding parameters that were turned on.</summary>
    public List<string> ForwardingTurnedOn { get; } = [];

    public bool Run(KernelSession session)
    {
        LinkInfo? existing = network.Options.IsDefaultBridge && Name != BridgeNetworkPlan.DefaultBridgeName
            ? FindDefaultBridge(session)
            : CreateOrFind(session);
        cancellationToken.ThrowIfCancellationRequested();
        if (existing is not null)
        {
            Adopt(session, existing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        TurnForwardingOn(session);
        cancellationToken.ThrowIfCancellationRequested();
        if (existing is null)
        {
            BringUp(session);
        }
        else
        {
            Fit(session, existing);
        }

        return true;
    }

    private LinkInfo FindDefaultBridge(KernelSession session) => session.Route.FindLink(Name)
        ?? throw NetworkException.Forbidden(
            network.Subject,
            $"the default bridge \"{Name}\" does not exist",
            remedy: $"create the bridge first, or call it {BridgeNetworkPlan.DefaultBridgeName}");

    /// <returns>The interface that has the name already; <see langword="null"/> when the bridge was created.</returns>
    private LinkInfo? CreateOrFind(KernelSession session)
    {
        if (TryCreate(session))
        {
            return null;
        }

        LinkInfo? existing = session.Route.FindLink(Name);
        if (existing is { Group: not LinkReaper.CondemnedGroup })
        {
            return existing;
        }

        // A bridge that waits to be deleted still has the name, or had it until just now.
        if (existing is not null)
        {
            session.Route.Batch.ChangeLink(existing.Index, new LinkChange { NewName = HostInterfaceNames.Dead() });
            session.Route.ExecuteUnlessGone();
        }

        return TryCreate(session)
            ? null
            : session.Route.FindLink(Name) ?? throw new KernelException("find link", Name, LinuxErrno.ENODEV);
    }

    /// <returns><see langword="false"/> when something else has the name.</returns>
    private bool TryCreate(KernelSession session)
    {
        // A bridge without an address of its own takes its ports' lowest, and changes with them.
        PhysicalAddress address = MacAddress.NewRandom().ToPhysicalAddress();
        Push(undoSession => DeleteIfOurs(undoSession, address));
        session.Route.Batch.CreateBridge(new BridgeLinkSpec
        {
            Name = Name,
            Group = LinkReaper.UnfinishedGroup,
            Address = address,
            ForwardedGroups = AllGroups,   // so that the firewall sees and drops them: otherwise the bridge learns addresses from them unasked
            MulticastSnooping = false,   // without a querier it filters nothing, and a false querier could blind the network
        });
        LinkInfo created;
        try
        {
            created = session.Route.ExecuteAndFindLink(Name) ?? throw new KernelException("find link", Name, LinuxErrno.ENODEV);
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            return false;
        }

        network.BridgeIndex = created.Index;
        network.OwnsBridge = !network.Options.IsDefaultBridge;
        network.OwnsSegment = true;
        cancellationToken.ThrowIfCancellationRequested();

        // While it is down no router's advertisement can reach it.
        if (created.AcceptsRouterAdvertisements != false)
        {
            RefuseRouterAdvertisements(session, revert: false);
        }

        if (created.IPv6Disabled != IPv6IsOff)
        {
            SetIPv6(session, revert: false);
        }

        return true;
    }

    private void DeleteIfOurs(KernelSession session, PhysicalAddress address)
    {
        if (session.Route.FindLink(Name) is { } link && link.PhysicalAddress.Equals(address))
        {
            session.Route.Batch.DeleteLink(link.Index);
            session.Route.Execute();
        }
    }

    private void Adopt(KernelSession session, LinkInfo existing)
    {
        if (existing.Kind != "bridge")
        {
            string kind = existing.Kind is { } known ? $"a {known} interface" : "hardware or a loopback interface";
            throw NetworkException.Conflict(
                network.Subject, $"\"{Name}\" is {kind}, not a bridge", $"interface \"{Name}\"", $"choose another name with {BridgeLabels.BridgeName}");
        }

        Adopted = true;
        network.BridgeIndex = existing.Index;
        network.OwnsSegment = KernelMarks.IsOf(network.Id, existing.Alias);
        network.OwnsBridge = network.OwnsSegment && !network.Options.IsDefaultBridge;
        if (network.Options.IsDefaultBridge || network.OwnsBridge)
        {
            RefuseRouterAdvertisements(session, revert: true);
        }

        if (network.RoutesLoopback && Write(session, network.LoopbackRouting, "1", revert: true))
        {
            network.LentLoopbackRouting = true;
        }
    }

    /// <summary>Addresses, the mark, the loopback's routing and up travel together. The MTU too: one given at birth is forgotten when the last port goes.</summary>
    private void BringUp(KernelSession session)
    {
        foreach (InterfaceAddress address in network.OwnAddresses)
        {
            session.Route.Batch.AddAddress(network.BridgeIndex, address.Address, address.PrefixLength);
        }

        session.Route.Batch.ChangeLink(network.BridgeIndex, new LinkChange
        {
            Alias = network.Alias,
            Group = 0,
            Mtu = network.Mtu,
            GenerateLinkLocal = network.LinkLocal is null ? null : false,
            RoutesLoopback = network.RoutesLoopback ? true : null,
            Up = true,
        });
        session.Route.Execute();
    }

    /// <summary>Gives a bridge that was there before the addresses and the MTU that the network needs.</summary>
    private void Fit(KernelSession session, LinkInfo existing)
    {
        IReadOnlyList<AddressInfo> before = session.Route.DumpAddresses(existing.Index);
        IEnumerable<AddressInfo> residual = before.Where(IsResidual);
        InterfaceAddress[] wanted = [.. network.BridgeAddresses];
        Push(undoSession => Restore(undoSession, existing, before, wanted));
        foreach (AddressInfo address in residual)
        {
            session.Route.Batch.RemoveAddress(existing.Index, address.Address, address.PrefixLength);
        }

        session.Route.Execute();
        cancellationToken.ThrowIfCancellationRequested();
        SetIPv6(session, revert: true);

        // Read again: an IPv4 address takes those behind it in its subnet along when it goes.
        IReadOnlyList<AddressInfo> left = session.Route.DumpAddresses(existing.Index);
        InterfaceAddress[] missing = [.. wanted.Where(address => !left.Any(present => present.Address.Equals(address.Address)))];
        foreach (InterfaceAddress address in missing)
        {
            session.Route.Batch.AddAddress(existing.Index, address.Address, address.PrefixLength);
        }

        string? mark = network.OwnsSegment && existing.Alias != network.Alias ? network.Alias : null;   // an earlier version's says less
        session.Route.Batch.ChangeLink(existing.Index, new LinkChange { Alias = mark, Mtu = network.Mtu, Up = true });
        session.Route.Execute();
        network.LentAddresses = missing;
    }

    /// <summary>Whether an address would disturb: another one in the network's IPv4 subnet, or any IPv6 address that is not the kernel's.</summary>
    private bool IsResidual(AddressInfo present)
    {
        if (present.Address.AddressFamily == AddressFamily.InterNetwork)
        {
            return network.IPv4?.BridgeAddress is { } own && own.Subnet.Contains(present.Address)
                && !(own.Address.Equals(present.Address) && own.PrefixLength == present.PrefixLength);
        }

        return network.IPv6 is not null
            && !present.Address.IsIPv6Multicast
            && !LinkLocal.Contains(Unscoped(present.Address))
            && network.IPv6.BridgeAddress?.Address.Equals(present.Address) != true;
    }

    private static IPAddress Unscoped(IPAddress address) => address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes());

    private static void Restore(KernelSession session, LinkInfo bridge, IReadOnlyList<AddressInfo> before, InterfaceAddress[] added)
    {
        foreach (InterfaceAddress address in added.Where(address => !Holds(before, address.Address, address.PrefixLength)))
        {
            session.Route.Batch.RemoveAddress(bridge.Index, address.Address, address.PrefixLength);
        }

        session.Route.Execute();
        IReadOnlyList<AddressInfo> now = session.Route.DumpAddresses(bridge.Index);
        foreach (AddressInfo address in before.Where(address => !Holds(now, address.Address, address.PrefixLength)))
        {
            session.Route.Batch.AddAddress(bridge.Index, address.Address, address.PrefixLength);
        }

        session.Route.Batch.ChangeLink(bridge.Index, new LinkChange { Mtu = bridge.Mtu, Up = bridge.Up });
        session.Route.Execute();
    }

    private static bool Holds(IReadOnlyList<AddressInfo> addresses, IPAddress wanted, int prefixLength)
        => addresses.Any(present => present.Address.Equals(wanted) && present.PrefixLength == prefixLength);

    private void RefuseRouterAdvertisements(KernelSession session, bool revert)
    {
        try
        {
            Write(session, $"net/ipv6/conf/{Name}/accept_ra", "0", revert);
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT && network.IPv6 is null)
        {
            // A kernel without IPv6 hears no router's advertisements.
        }
    }

    private void SetIPv6(KernelSession session, bool revert)
    {
        if (network.IPv6 is not null)
        {
            Write(session, $"net/ipv6/conf/{Name}/disable_ipv6", IPv6IsOff ? "1" : "0", revert);
        }
    }

    private void TurnForwardingOn(KernelSession session)
    {
        if (!EnableForwarding || network.Internal)
        {
            return;
        }

        if (network.IPv4 is not null)
        {
            TurnForwardingOn(session, "net/ipv4/ip_forward", AddressFamily.InterNetwork);
        }

        if (network.IPv6 is not null)
        {
            TurnForwardingOn(session, "net/ipv6/conf/all/forwarding", AddressFamily.InterNetworkV6);
        }
    }

    private void TurnForwardingOn(KernelSession session, string key, AddressFamily family)
    {
        if (session.Route.IsForwarding(family))
        {
            return;
        }

        session.WriteSysctl(session.HostNamespace, key, "1");
        ForwardingTurnedOn.Add(key);
        Push(undoSession =>
        {
            if (!ForwardingIsShared(family))
            {
                undoSession.WriteSysctl(undoSession.HostNamespace, key, "0");
            }
        });
    }

    /// <returns>Whether anything was changed, as far as that was asked.</returns>
    private bool Write(KernelSession session, string key, string value, bool revert)
    {
        if (revert)
        {
            string before = session.ReadSysctl(session.HostNamespace, key);
            if (before == value)
            {
                return false;
            }

            Push(undoSession => undoSession.WriteSysctl(undoSession.HostNamespace, key, before));
        }

        session.WriteSysctl(session.HostNamespace, key, value);
        return true;
    }

    private void Push(Action<KernelSession> step) => undo.Push(async () =>
    {
        await kernel.RunAsync(
            static (session, work) =>
            {
                work(session);
                return true;
            },
            step).ConfigureAwait(false);
    });
}
