using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Sandboxes;

/// <summary>A sandbox's network namespace in the kernel: made, furnished and removed.</summary>
internal sealed partial class SandboxNamespace
{
    private const int Loopback = 1;   // the first interface of every namespace

    private readonly HostKernel _kernel;
    private readonly TimeProvider _time;
    private readonly RtNetlink _route;
    private int _condemned;
    private volatile bool _released;

    private SandboxNamespace(HostKernel kernel, TimeProvider time, NetworkNamespace inside, RtNetlink route)
    {
        _kernel = kernel;
        _time = time;
        _route = route;
        Namespace = inside;
    }

    public NetworkNamespace Namespace { get; }

    /// <summary>Makes and pins a namespace whose loopback is up, and carries a mark by which a later process knows whose it is.</summary>
    public static ValueTask<SandboxNamespace> CreateAsync(
        HostKernel kernel, TimeProvider time, string path, string mark, CancellationToken cancellationToken)
        => kernel.RunAsync(
            static (session, state) => Create(session, state.kernel, state.time, state.path, state.mark), (kernel, time, path, mark), cancellationToken);

    /// <summary>Pins and marks a namespace that somebody else made, and brings its loopback up.</summary>
    /// <param name="kernel">The host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="given">Where it is found.</param>
    /// <param name="path">Where to pin it.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="check">Throws when the namespace, which has this mark so far, must not be taken. Runs in the turn that marks it.</param>
    /// <param name="cancellationToken">Cancels the wait for the kernel.</param>
    public static ValueTask<SandboxNamespace> AdoptAsync(
        HostKernel kernel, TimeProvider time, string given, string path, string mark, Action<NetworkNamespace, string?> check, CancellationToken cancellationToken)
        => kernel.RunAsync(
            static (session, state) => Adopt(session, state.kernel, state.time, state.given, state.path, state.mark, state.check),
            (kernel, time, given, path, mark, check),
            cancellationToken);

    /// <summary>Reads the mark of a namespace.</summary>
    /// <returns><see langword="null"/> when it has none, or when there is no namespace any more.</returns>
    public static ValueTask<string?> ReadMarkAsync(HostKernel kernel, string path, CancellationToken cancellationToken)
        => kernel.RunAsync(static (session, path) => ReadMark(session, path), path, cancellationToken);

    /// <summary>Takes up a namespace that an earlier process made.</summary>
    /// <returns><see langword="null"/> when it is gone; a name that was left of it is taken away.</returns>
    public static ValueTask<SandboxNamespace?> OpenAsync(HostKernel kernel, TimeProvider time, string path, CancellationToken cancellationToken)
        => kernel.RunAsync(static (session, state) => Open(session, state.kernel, state.time, state.path), (kernel, time, path), cancellationToken);

    /// <summary>Finds an interface by its name inside.</summary>
    /// <returns>Its index, or <see langword="null"/>.</returns>
    public ValueTask<int?> FindInterfaceAsync(string name, CancellationToken cancellationToken)
        => _kernel.RunAsync(static (_, state) => state.self._route.FindLink(state.name)?.Index, (self: this, name), cancellationToken);

    /// <summary>Puts an interface in and makes it work.</summary>
    /// <returns>Its index inside, and whether it has IPv6 after its sysctls.</returns>
    public async ValueTask<(int Index, bool HasIPv6)> AddInterfaceAsync(
        InterfacePlan plan, DefaultRoutes? defaults, CancellationToken cancellationToken)
    {
        (int index, bool hasIPv6) = await _kernel.RunAsync(
            static (session, state) => state.self.AddInterface(session, state.plan, state.defaults), (self: this, plan, defaults), cancellationToken)
            .ConfigureAwait(false);
        if (hasIPv6)
        {
            await AwaitIPv6Async(plan, cancellationToken).ConfigureAwait(false);
        }

        return (index, hasIPv6);
    }

    /// <summary>Takes an interface out: down and out of the way at once, deleted or back in the host's namespace.</summary>
    /// <param name="name">Its name inside; one that is gone is not an error.</param>
    /// <param name="moveBackTo">Its name in the host's namespace, when it was moved in; otherwise its driver deletes it.</param>
    public ValueTask<bool> RemoveInterfaceAsync(string name, string? moveBackTo)
        => _kernel.RunAsync(
            static (_, state) => state.self.RemoveInterface(state.name, state.moveBackTo), (self: this, name, moveBackTo), CancellationToken.None);

    /// <summary>Frees the name of an interface that was cut off and waits to be deleted; one that is gone is not an error.</summary>
    public ValueTask<bool> FreeNameAsync(string name, int index, CancellationToken cancellationToken)
        => _kernel.RunAsync(
            static (_, state) => state.self.FreeName(state.name, state.index), (self: this, name, index), cancellationToken);

    /// <summary>Makes the default routes lead elsewhere.</summary>
    public ValueTask<bool> SetDefaultRoutesAsync(DefaultRoutes from, DefaultRoutes to, CancellationToken cancellationToken)
        => _kernel.RunAsync(
            static (_, state) =>
            {
                state.self.WriteDefaultRoutes(state.from, state.to);
                state.self._route.Execute();
                return true;
            },
            (self: this, from, to),
            cancellationToken);

    public ValueTask<IReadOnlyList<InterfaceStatistics>> ReadStatisticsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
        => _kernel.RunAsync(static IReadOnlyList<InterfaceStatistics> (_, state) => state.self.ReadStatistics(state.names), (self: this, names), cancellationToken);

    /// <summary>Unpins the namespace and lets go of it; the kernel removes it and what is in it when its last process is gone.</summary>
    public ValueTask<bool> RemoveAsync()
        => _kernel.RunAsync(
            static (session, self) =>
            {
                self.Release();
                session.UnpinNamespace(self.Namespace.Path!);   // Create pins every namespace
                return true;
            },
            this,
            CancellationToken.None);

    /// <summary>Lets go of a namespace that somebody else made, without its pin and mark; it lives on.</summary>
    public ValueTask<bool> ReturnAsync()
        => _kernel.RunAsync(
            static (session, self) =>
            {
                if (!self._released)
                {
                    self._route.Batch.ChangeLink(Loopback, new LinkChange { Alias = string.Empty });
                    self._route.Execute();
                }

                self.Release();
                session.UnpinNamespace(self.Namespace.Path!);   // Adopt pinned it
                return true;
            },
            this,
            CancellationToken.None);

    /// <summary>Lets go of the namespace without removing it.</summary>
    public void Release()
    {
        _released = true;
        _route.Dispose();
        Namespace.Dispose();
    }

    private static string? ReadMark(KernelSession session, string path)
    {
        try
        {
            using NetworkNamespace inside = session.OpenNamespace(path);
            using RtNetlink route = session.OpenRoute(inside);
            return route.FindLink(Loopback)?.Alias;
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.ENOENT or LinuxErrno.EINVAL)
        {
            return null;
        }
    }

    private static SandboxNamespace Create(KernelSession session, HostKernel kernel, TimeProvider time, string path, string mark)
        => Mark(session, kernel, time, session.CreateNamespace(path), mark);

    private static SandboxNamespace Adopt(
        KernelSession session, HostKernel kernel, TimeProvider time, string given, string path, string mark, Action<NetworkNamespace, string?> check)
    {
        using NetworkNamespace open = session.OpenNamespace(given);
        using (RtNetlink route = session.OpenRoute(open))
        {
            check(open, route.FindLink(Loopback)?.Alias);
        }

        return Mark(session, kernel, time, session.PinNamespace(open, path), mark);
    }

    /// <summary>Makes a pinned namespace a sandbox's; it is unpinned when that fails.</summary>
    private static SandboxNamespace Mark(KernelSession session, HostKernel kernel, TimeProvider time, NetworkNamespace inside, string mark)
    {
        RtNetlink? route = null;
        try
        {
            route = session.OpenRoute(inside);
            route.Batch.ChangeLink(Loopback, new LinkChange { Alias = mark, Up = true });
            route.Execute();
            return new SandboxNamespace(kernel, time, inside, route);
        }
        catch
        {
            route?.Dispose();
            inside.Dispose();
            session.UnpinNamespace(inside.Path!);   // it is pinned
            throw;
        }
    }

    private static SandboxNamespace? Open(KernelSession session, HostKernel kernel, TimeProvider time, string path)
    {
        NetworkNamespace inside;
        try
        {
            inside = session.OpenNamespace(path);
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.ENOENT or LinuxErrno.EINVAL)
        {
            session.UnpinNamespace(path);   // after a reboot only the file is left
            return null;
        }

        RtNetlink? route = null;
        try
        {
            route = session.OpenRoute(inside);
            route.Batch.DeleteLinkGroup(LinkReaper.CondemnedGroup);   // what that process had cut off inside, and not deleted yet
            route.Execute();
            return new SandboxNamespace(kernel, time, inside, route);
        }
        catch
        {
            route?.Dispose();
            inside.Dispose();
            throw;
        }
    }

    /// <summary>Waits until packets for the new IPv6 addresses are delivered.</summary>
    private ValueTask AwaitIPv6Async(InterfacePlan plan, CancellationToken cancellationToken)
        => AddressDelivery.AwaitAsync(_kernel, _ => _route, [.. plan.LinkLocalAddresses.Append(plan.IPv6?.Address).OfType<IPAddress>()], _time, cancellationToken);

    private (int Index, bool HasIPv6) AddInterface(KernelSession session, InterfacePlan plan, DefaultRoutes? defaults)
    {
        if (plan.MoveFrom is not null)
        {
            MoveIn(session, plan);
        }

        LinkInfo link = _route.FindLink(plan.Name)
            ?? throw new KernelException("find link", plan.Name, LinuxErrno.ENODEV, "the driver did not put it into the sandbox");
        try
        {
            return (link.Index, Furnish(session, plan, defaults, link));
        }
        catch when (plan.MoveFrom is not null)
        {
            RemoveInterface(plan.Name, plan.MoveFrom);
            throw;
        }
    }

    private void MoveIn(KernelSession session, InterfacePlan plan)
    {
        LinkInfo link = session.Route.FindLink(plan.MoveFrom!)   // the caller checked
            ?? throw new KernelException("find link", plan.MoveFrom!, LinuxErrno.ENODEV, "the driver did not make it");
        session.Route.Batch.ChangeLink(link.Index, new LinkChange { Up = false });
        session.Route.Batch.ChangeLink(link.Index, new LinkChange { NamespaceDescriptor = Namespace.Descriptor, NewName = plan.Name });
        session.Route.Execute();
        if (plan.MacAddress is { } address)
        {
            _route.Batch.ChangeLink(plan.Name, new LinkChange { Address = address.ToPhysicalAddress() });
            _route.Execute();
        }
    }

    private bool Furnish(KernelSession session, InterfacePlan plan, DefaultRoutes? defaults, LinkInfo link)
    {
        int index = link.Index;
        bool hasIPv6 = plan.HasIPv6;
        if (!hasIPv6 && link.IPv6Disabled == false)
        {
            session.WriteSysctl(Namespace, $"net/ipv6/conf/{plan.Name}/disable_ipv6", "1");
        }

        IPAddress? linkLocal = plan.OwnLinkLocal;
        RtNetlinkBatch batch = _route.Batch;
        if (linkLocal is not null)
        {
            batch.ChangeLink(index, new LinkChange { GenerateLinkLocal = false });   // the same address comes below, without a search for duplicates
        }

        if (plan.Sysctls.Count > 0)
        {
            // The user's parameters come after the addresses and before the first packet.
            WriteAddresses(plan, index);
            _route.Execute();
            foreach ((string key, string value) in plan.Sysctls)
            {
                WriteSysctl(session, key, value);
            }

            hasIPv6 = hasIPv6 && session.ReadSysctl(Namespace, $"net/ipv6/conf/{plan.Name}/disable_ipv6") == "0";
            batch.ChangeLink(index, new LinkChange { Up = true });
        }
        else
        {
            batch.ChangeLink(index, new LinkChange { Up = true });
            WriteAddresses(plan, index);
        }

        if (linkLocal is not null)
        {
            batch.ChangeLink(index, new LinkChange { GenerateLinkLocal = true });
        }

        foreach (SandboxRoute route in plan.Routes)
        {
            batch.AddRoute(new RouteSpec
            {
                Destination = route.Destination.ToIPNetwork(),
                Gateway = route.NextHop,
                OutputInterface = index,
                Scope = route.NextHop is null ? RouteScope.Link : RouteScope.Universe,
            });
        }

        if (defaults is not null)
        {
            WriteDefaultRoute(AddressFamily.InterNetwork, defaults.InterfaceIPv4 == plan.Name ? index : null, defaults.GatewayIPv4);
            WriteDefaultRoute(
                AddressFamily.InterNetworkV6, defaults.InterfaceIPv6 == plan.Name && hasIPv6 ? index : null, defaults.GatewayIPv6);
        }

        batch.SettleLink(index);
        _route.Execute();
        SettleHostInterfaces(session, plan);
        return hasIPv6;
    }

    /// <summary>Flushes the kernel's link-watch queue: without it one in ten new interfaces loses its first packets for a second.</summary>
    private static void SettleHostInterfaces(KernelSession session, InterfacePlan plan)
    {
        foreach (InterfaceName name in plan.HostInterfaces)
        {
            session.Route.Batch.SettleLink(name.Value);
        }

        if (plan.HostInterfaces.Count > 0)
        {
            session.Route.Execute();
        }
    }

    private void WriteAddresses(InterfacePlan plan, int index)
    {
        foreach ((IPAddress address, int prefixLength) in plan.Addresses)
        {
            _route.Batch.AddAddress(index, address, prefixLength);
        }
    }

    private void WriteSysctl(KernelSession session, string key, string value)
    {
        if (session.ReadSysctl(Namespace, key) != value)   // a read-only /proc is fine when the value is there already
        {
            session.WriteSysctl(Namespace, key, value);
        }
    }

    private bool RemoveInterface(string name, string? moveBackTo)
    {
        if (_released || _route.FindLink(name) is not { } link)
        {
            return false;   // gone, alone or with the whole namespace
        }

        // A dead name frees this one for the next interface at once.
        Rename(link.Index, moveBackTo is null
            ? new LinkChange { NewName = $"gone{++_condemned:x}" }
            : new LinkChange { NamespaceDescriptor = _kernel.HostNamespace.Descriptor, NewName = moveBackTo });
        return true;
    }

    private bool FreeName(string name, int index)
    {
        // A user's own interface may have the name by now, and keeps it.
        if (_route.FindLink(name) is not { } link || link.Index != index)
        {
            return false;
        }

        Rename(index, new LinkChange { NewName = $"gone{++_condemned:x}" });
        return true;
    }

    private void Rename(int index, LinkChange change)
    {
        _route.Batch.ChangeLink(index, new LinkChange { Up = false });   // kernels before 6.2 rename only what is down
        _route.Batch.ChangeLink(index, change);
        _route.ExecuteUnlessGone();
    }

    private void WriteDefaultRoutes(DefaultRoutes from, DefaultRoutes to)
    {
        // Going down took an interface's routes away already; what is left of the old default is replaced or removed.
        int? Index(string? name) => name is null ? null : _route.FindLink(name)?.Index;
        int? oldIPv4 = Index(from.InterfaceIPv4), oldIPv6 = Index(from.InterfaceIPv6);
        int? newIPv4 = Index(to.InterfaceIPv4), newIPv6 = Index(to.InterfaceIPv6);
        if (from.InterfaceIPv4 != to.InterfaceIPv4 || !Equals(from.GatewayIPv4, to.GatewayIPv4))
        {
            RemoveDefaultRoute(AddressFamily.InterNetwork, newIPv4 is null ? oldIPv4 : null);
            WriteDefaultRoute(AddressFamily.InterNetwork, newIPv4, to.GatewayIPv4);
        }

        if (from.InterfaceIPv6 != to.InterfaceIPv6 || !Equals(from.GatewayIPv6, to.GatewayIPv6))
        {
            // Replacing keeps IPv6 routes of other interfaces, so the old one goes by itself.
            RemoveDefaultRoute(AddressFamily.InterNetworkV6, oldIPv6);
            WriteDefaultRoute(AddressFamily.InterNetworkV6, newIPv6, to.GatewayIPv6);
        }
    }

    private void WriteDefaultRoute(AddressFamily family, int? index, IPAddress? gateway)
    {
        if (index is not null)
        {
            _route.Batch.ReplaceRoute(DefaultRoutes.By(family, index.Value, gateway));
        }
    }

    private void RemoveDefaultRoute(AddressFamily family, int? index)
    {
        if (index is not null)
        {
            _route.Batch.RemoveRoute(DefaultRoutes.By(family, index.Value, gateway: null));
        }
    }

    private List<InterfaceStatistics> ReadStatistics(IReadOnlyList<string> names)
    {
        List<InterfaceStatistics> found = [];
        foreach (string name in names)
        {
            if (_route.FindLink(name) is { } link && _route.ReadStatistics(link.Index) is { } counters)
            {
                found.Add(new InterfaceStatistics(
                    new InterfaceName(name), counters.ReceivedBytes, counters.ReceivedPackets, counters.ReceiveErrors, counters.ReceiveDropped,
                    counters.SentBytes, counters.SentPackets, counters.SendErrors, counters.SendDropped));
            }
        }

        return found;
    }
}
