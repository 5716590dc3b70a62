using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Makes a network's bridge and tunnels in one turn at the kernel, or takes up and mends those that are there.</summary>
/// <remarks>
/// The bridge has neither address nor IPv6, so the host has no route into the network and subnets of two networks may be the same. Between
/// tunnels nothing passes; where stations are only <see cref="PeerProgramming"/> says.
/// </remarks>
internal sealed class OverlayConstruction(OverlayNetwork network, OverlayDriverOptions options)
{
    private const ushort AllGroups = 0xfff8;   // all that may be: not spanning tree, pause and link aggregation

    /// <summary>Whether any of it was there before.</summary>
    public bool Adopted { get; private set; }

    /// <returns><see langword="false"/> when something has a name or an identifier that is needed; what was made until then is to be taken down.</returns>
    public bool Run(KernelSession session)
    {
        if (Find(session, network.BridgeName, OverlayMarks.Of(network), network.BridgeIndex) is { } bridge)
        {
            Adopted = true;
            network.BridgeIndex = bridge.Index;
        }
        else if (!TryMakeBridge(session))
        {
            return false;
        }

        int[] tunnels = new int[network.Segments.Count];
        for (int i = 0; i < tunnels.Length; i++)
        {
            OverlaySegment segment = network.Segments[i];
            LinkInfo? tunnel = Find(session, segment.Tunnel, OverlayMarks.Of(network, segment), network.TunnelIndexes.ElementAtOrDefault(i));
            Adopted |= tunnel is not null;
            tunnel ??= TryMakeTunnel(session, segment);
            if (tunnel is null)
            {
                return false;
            }

            tunnels[i] = tunnel.Index;
        }

        network.TunnelIndexes = tunnels;
        return true;
    }

    /// <summary>Marks bridge and tunnels as whole and brings them up.</summary>
    public void BringUp(KernelSession session)
    {
        RtNetlinkBatch batch = session.Route.Batch;
        for (int i = 0; i < network.Segments.Count; i++)
        {
            int tunnel = network.TunnelIndexes[i];
            batch.ChangeLink(tunnel, new LinkChange { Master = network.BridgeIndex });
            batch.ChangeLink(tunnel, new LinkChange
            {
                Alias = OverlayMarks.Of(network, network.Segments[i]),
                Group = 0,
                Mtu = network.Mtu,
                Up = true,
                BridgePort = new BridgePortChange { Learning = false, Flood = false, Isolated = true },
            });
        }

        batch.ChangeLink(network.BridgeIndex, new LinkChange { Alias = OverlayMarks.Of(network), Group = 0, Mtu = network.Mtu, Up = true });
        session.Route.Execute();
    }

    /// <summary>Condemns what there is of a network's bridge and tunnels; what is gone is not an error.</summary>
    public static bool TakeDown(KernelSession session, OverlayNetwork network)
    {
        (InterfaceName Name, string Mark)[] links =
            [(network.BridgeName, OverlayMarks.Of(network)), .. network.Segments.Select(segment => (segment.Tunnel, OverlayMarks.Of(network, segment)))];
        int[] ours = [.. links.Select(link => FindOurs(session, link.Name, link.Mark)?.Index).OfType<int>()];
        foreach (int index in ours)
        {
            session.Route.Batch.ChangeLink(index, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        }

        session.Route.ExecuteUnlessGone();
        session.Reaper.Notify();
        return true;
    }

    /// <summary>Says what keeps a network from being built.</summary>
    public NetworkException Obstacle(KernelSession session)
    {
        foreach ((InterfaceName name, string mark) in network.Segments.Select(segment => (segment.Tunnel, OverlayMarks.Of(network, segment)))
            .Prepend((network.BridgeName, OverlayMarks.Of(network))))
        {
            if (session.Route.FindLink(name.Value) is { } link && !IsOurs(link, mark))
            {
                return NetworkException.Conflict(network.Subject, $"\"{name}\" exists already", $"interface \"{name}\"", "remove that interface");
            }
        }

        string vnis = string.Join(", ", network.Segments.Select(static segment => segment.Vni));
        return NetworkException.Conflict(
            network.Subject, $"another interface has one of the VXLAN network identifiers {vnis} on port {options.Port}", "an interface of the host",
            $"choose others with {OverlayLabels.VniList}, or another port for the driver");
    }

    private LinkInfo? Find(KernelSession session, InterfaceName name, string mark, int known)
        => session.Route.FindLink(name.Value) is { Group: 0 } link && (InterfaceMark.IsOfSame(link.Alias, mark) || (network.IsBuilt && link.Index == known)) ? link : null;

    private static LinkInfo? FindOurs(KernelSession session, InterfaceName name, string mark)
        => session.Route.FindLink(name.Value) is { } link && link.Group != LinkReaper.CondemnedGroup && IsOurs(link, mark) ? link : null;

    private static bool IsOurs(LinkInfo link, string mark) => InterfaceMark.IsOfSame(link.Alias, mark) || link.Group == LinkReaper.UnfinishedGroup;

    private bool TryMakeBridge(KernelSession session)
    {
        session.Route.Batch.CreateBridge(new BridgeLinkSpec
        {
            Name = network.BridgeName.Value,
            Group = LinkReaper.UnfinishedGroup,
            Address = MacAddress.NewRandom().ToPhysicalAddress(),   // one without an address of its own takes its ports' lowest, and changes with them
            ForwardedGroups = AllGroups,   // so that the firewall sees and drops them
            MulticastSnooping = false,   // without a querier it filters nothing, and a false querier could blind the network
        });
        if (TryMake(session, network.BridgeName) is not { } made)
        {
            return false;
        }

        HostParameters.TurnIPv6Off(session, network.BridgeName.Value);
        network.BridgeIndex = made.Index;
        return true;
    }

    private LinkInfo? TryMakeTunnel(KernelSession session, OverlaySegment segment)
    {
        session.Route.Batch.CreateVxlan(new VxlanLinkSpec
        {
            Name = segment.Tunnel.Value,
            Group = LinkReaper.UnfinishedGroup,
            Master = network.BridgeIndex,
            Vni = segment.Vni,
            Port = (ushort)options.Port,
            Local = network.Options.IsEncrypted ? IPAddress.IPv6Any : options.AdvertiseAddress,   // by which key it leaves the route to the other's says
            Proxy = true,   // questions for addresses are answered here, and never leave
        });
        LinkInfo? made = TryMake(session, segment.Tunnel);
        if (made is not null && network.HasIPv6)
        {
            // Neighbours of IPv6 can be told only to an interface that has it; an address of its own it does not get.
            session.Route.Batch.ChangeLink(made.Index, new LinkChange { GenerateLinkLocal = false });
            session.Route.Execute();
        }
        else if (made is not null)
        {
            HostParameters.TurnIPv6Off(session, segment.Tunnel.Value);
        }

        return made;
    }

    private static LinkInfo? TryMake(KernelSession session, InterfaceName name)
    {
        try
        {
            return session.Route.ExecuteAndFindLink(name.Value) ?? throw new KernelException("find link", name.Value, LinuxErrno.ENODEV);
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.EEXIST)
        {
            return null;
        }
    }
}
