using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>A host of its own: a fresh network namespace with a kernel, a driver and a firewall that only remembers.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private const int MaxSettleRounds = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-bridge-").FullName;
    private readonly List<NetworkNamespace> _namespaces = [];

    private TestHost(BridgeDriverOptions options)
    {
        NetworkNamespace host = Namespace("host");
        Kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.Path, Observer = Observer });
        Driver = new BridgeDriver(Kernel, Firewall, Publisher, Options.Create(options), NullLogger<BridgeDriver>.Instance, TimeProvider.System);
    }

    public TestObserver Observer { get; } = new();

    public FakeFirewall Firewall { get; } = new();

    public FakePublisher Publisher { get; } = new();

    public HostKernel Kernel { get; }

    public BridgeDriver Driver { get; }

    public static TestHost Start(BridgeDriverOptions? options = null) => new(options ?? new BridgeDriverOptions());

    public NetworkNamespace Namespace(string name)
    {
        NetworkNamespace created = NetworkNamespace.CreatePinned(Path.Combine(_folder, name));
        _namespaces.Add(created);
        return created;
    }

    public async Task<T> ReadAsync<T>(Func<KernelSession, T> read) => await Kernel.RunAsync(static (session, work) => work(session), read);

    public Task ChangeAsync(Action<RtNetlinkBatch> change) => ReadAsync(session =>
    {
        change(session.Route.Batch);
        session.Route.Execute();
        return true;
    });

    public Task<LinkInfo?> LinkAsync(string name) => ReadAsync(session => session.Route.FindLink(name));

    public async Task<LinkInfo> NeedLinkAsync(string name) => await LinkAsync(name) ?? throw new InvalidOperationException($"no link {name}");

    public Task<string> SysctlAsync(string key) => ReadAsync(session => session.ReadSysctl(session.HostNamespace, key));

    public Task WriteSysctlAsync(string key, string value) => ReadAsync(session =>
    {
        session.WriteSysctl(session.HostNamespace, key, value);
        return true;
    });

    public async Task<IReadOnlyList<string>> AddressesAsync(string name)
    {
        int index = (await NeedLinkAsync(name)).Index;
        IReadOnlyList<AddressInfo> found = await ReadAsync(session => session.Route.DumpAddresses(index));
        return [.. found.Where(address => !IsKernelsOwn(address.Address)).Select(address => $"{address.Address}/{address.PrefixLength}").Order(StringComparer.Ordinal)];
    }

    public Task<LinkInfo?> LinkInsideAsync(NetworkNamespace sandbox, string name) => ReadAsync(session =>
    {
        using RtNetlink route = session.OpenRoute(sandbox);
        return route.FindLink(name);
    });

    /// <summary>All that can be seen of the host's networking and of the firewall.</summary>
    public async Task<string> SnapshotAsync(NetworkNamespace? sandbox = null)
    {
        await Kernel.Reaper.DrainAsync();
        for (int i = 0; i < MaxSettleRounds && !await ReadAsync(session => IsSettled(session.Route)); i++)
        {
            await Task.Delay(10);
        }

        List<string> lines = await ReadAsync(session => Describe(session.Route));
        if (sandbox is not null)
        {
            lines.AddRange(await ReadAsync(session =>
            {
                using RtNetlink route = session.OpenRoute(sandbox);
                return Describe(route).Select(line => "inside " + line).ToList();
            }));
        }

        lines.Add("ip_forward " + await SysctlAsync("net/ipv4/ip_forward"));
        lines.Add("forwarding " + await SysctlAsync("net/ipv6/conf/all/forwarding"));
        lines.AddRange(Firewall.State);
        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        Observer.Disarm();
        await Kernel.DisposeAsync();
        foreach (NetworkNamespace created in _namespaces)
        {
            created.Dispose();
            NetworkNamespace.Unpin(created.Path!);
        }

        Directory.Delete(_folder);
    }

    // The kernel adds the local route of an IPv6 address in the background.
    private static bool IsSettled(RtNetlink route)
    {
        IReadOnlyList<RouteInfo> routes = route.DumpRoutes();
        HashSet<int> up = [.. route.DumpLinks().Where(static link => link.Up).Select(static link => link.Index)];
        return route.DumpAddresses()
            .Where(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6 && !IsKernelsOwn(address.Address) && up.Contains(address.Index))
            .All(address => routes.Any(found => found.Type == RouteType.Local && found.Destination.BaseAddress.Equals(address.Address)));
    }

    private static List<string> Describe(RtNetlink route)
    {
        List<string> lines = [];
        lines.AddRange(route.DumpLinks().Select(link =>
            $"link {link.Name} {link.Kind} {link.Mtu} {link.Up} {link.Master} {link.Group} {link.Alias} {link.PhysicalAddress}").Order(StringComparer.Ordinal));
        lines.AddRange(route.DumpAddresses().Where(address => !IsKernelsOwn(address.Address)).Select(address =>
            $"address {address.Index} {address.Address}/{address.PrefixLength}").Order(StringComparer.Ordinal));
        lines.AddRange(route.DumpRoutes().Where(found => !IsKernelsOwn(found.Destination.BaseAddress)).Select(found =>
            $"route {found.Destination} {found.Gateway} {found.OutputInterface} {found.Table} {found.Type}").Order(StringComparer.Ordinal));
        return lines;
    }

    // Link-local addresses and their routes come and go with the carrier, in the kernel's own time.
    private static bool IsKernelsOwn(IPAddress address) => address.IsIPv6LinkLocal || address.IsIPv6Multicast;
}
