using System.Net;
using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Probe.Crash;

/// <summary>A controller on the host of a folder, with its state in that folder, and all that can be seen of both.</summary>
internal sealed class CrashWorld : IAsyncDisposable
{
    private const int LocalTable = 255;   // follows from the addresses

    private readonly ServiceProvider _services;
    private readonly string _folder;

    public CrashWorld(string folder)
    {
        _folder = folder;
        ServiceCollection services = new();
        services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = Path.Combine(folder, "host");
            options.RunDirectory = Path.Combine(folder, "run");
            options.KernelObserver = Steps;
        }).AddBridgeDriver().AddHostDriver().AddNullDriver().AddOverlayDriver(static options =>
        {
            options.AdvertiseAddress = IPAddress.Parse("192.0.2.1");
            options.UnderlayMtu = 1500;
        }).AddSqliteStore(Path.Combine(folder, "state", "network.db"));
        services.AddSingleton<INetworkDriver>(new WirelessDriver());
        Wrap<INetworkStore>(services, store => new CountedStore(store, Steps));
        Wrap<IIpamDriver>(services, driver => new AddressLedger(driver));
        _services = services.BuildServiceProvider();
        Controller = _services.GetRequiredService<INetworkController>();
    }

    public StepCounter Steps { get; } = new();

    public INetworkController Controller { get; }

    private IEnumerable<string> Held => _services.GetServices<IIpamDriver>().Cast<AddressLedger>().SelectMany(driver => driver.Held);

    public INetwork Network(string name) => Controller.GetNetwork(name);

    public ISandbox Sandbox(string container) => Controller.GetSandbox(container);

    public IEndpoint? Endpoint(string network, string name) => Network(network).TryGetEndpoint(name, out IEndpoint? endpoint) ? endpoint : null;

    /// <summary>Addresses that are given out without a living holder, and holders whose address is not.</summary>
    public IEnumerable<string> WrongAddresses()
    {
        HashSet<string> living =
        [
            .. Controller.Networks.SelectMany(network => network.State.Pools).SelectMany(pool => pool.Reserved.Values.Append(pool.Gateway)).OfType<IPAddress>()
                .Select(address => address.ToString()),
            .. Controller.Networks.SelectMany(network => network.Endpoints).SelectMany(endpoint => new[] { endpoint.State.IPv4, endpoint.State.IPv6 })
                .OfType<InterfaceAddress>().Select(address => address.Address.ToString()),
        ];
        living.SymmetricExceptWith(Held);
        return living;
    }

    /// <summary>All that a verb could leave behind, in terms that do not change when an interface is made anew.</summary>
    public async Task<IReadOnlyList<string>> SnapshotAsync()
    {
        await Controller.DrainAsync();
        List<string> lines = [.. await ReadAsync("host", Path.Combine(_folder, "host"))];
        foreach (ISandbox sandbox in Controller.Sandboxes.Where(sandbox => !sandbox.State.UsesHostNamespace))
        {
            lines.AddRange(await ReadAsync(sandbox.ContainerId, sandbox.NamespacePath));
        }

        string pins = Path.Combine(_folder, "run", "netns");
        lines.AddRange(Directory.Exists(pins) ? Directory.EnumerateFiles(pins).Select(path => $"pin {path}") : []);
        foreach (StoreEntry entry in await _services.GetRequiredService<INetworkStore>().ListAsync(string.Empty))
        {
            lines.Add($"stored {entry.Key} {System.Text.Encoding.UTF8.GetString(entry.Value.Span)}");
        }

        lines.AddRange(Held.Select(address => $"held {address}"));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static async Task<List<string>> ReadAsync(string place, string path)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = path });
        return await kernel.RunAsync(static (session, place) => Read(session, place), place);
    }

    private static List<string> Read(KernelSession session, string place)
    {
        List<string> lines = [];
        LinkInfo[] links = [.. session.Route.DumpLinks().Where(link => link.Group != LinkReaper.CondemnedGroup)];
        string NameOf(int? index) => links.FirstOrDefault(link => link.Index == index)?.Name ?? string.Empty;
        lines.AddRange(links.Select(link => $"{place} link {link.Name} {link.Kind} up={link.Up} mtu={link.Mtu} master={NameOf(link.Master)} group={link.Group} alias={link.Alias}"));
        lines.AddRange(session.Route.DumpAddresses().Where(address => !address.Address.IsIPv6LinkLocal)
            .Select(address => $"{place} address {NameOf(address.Index)} {address.Address}/{address.PrefixLength}"));
        lines.AddRange(session.Route.DumpRoutes()
            .Where(route => route.Table != LocalTable && !route.Destination.BaseAddress.IsIPv6LinkLocal && !route.Destination.BaseAddress.IsIPv6Multicast)
            .Select(route => $"{place} route {route.Table} {route.Destination} {route.Gateway} {NameOf(route.OutputInterface)}"));
        foreach (NftTable table in session.Nftables.ReadRuleset(family: null, table: null).Tables)
        {
            lines.AddRange(table.Sets.SelectMany(set => set.Elements.Select(element => $"{place} rules {table.Family} {table.Name} {set.Name} {element}")));
            lines.AddRange(table.Chains.Select(chain => $"{place} rules {table.Family} {table.Name} {chain.Name} {chain.Rules.Count}"));
        }

        return lines;
    }

    private static void Wrap<TService>(ServiceCollection services, Func<TService, TService> wrap)
        where TService : class
    {
        foreach (ServiceDescriptor real in services.Where(service => service.ServiceType == typeof(TService)).ToArray())
        {
            services.Remove(real);
            services.AddSingleton(provider => wrap(real.ImplementationFactory is { } make
                ? (TService)make(provider)
                : (TService)Activator.CreateInstance(real.ImplementationType!)!));   // by factory, or a class that needs nothing
        }
    }
}
