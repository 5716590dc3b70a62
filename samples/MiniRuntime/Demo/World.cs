using System.Net;
using LibNetwork;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using MiniRuntime.Demo.Traffic;

namespace MiniRuntime.Demo;

/// <summary>A little world in namespaces: a host, an outside machine, and a wire between them. The real machine's network is never touched.</summary>
/// <remarks>The outside knows no way to the containers' subnets, as a machine on the internet would not.</remarks>
internal sealed class World : IAsyncDisposable
{
    public const string WireName = "wire0";

    private const string FolderPrefix = "libnetwork-demo-";
    private const string HostPin = "host";
    private const int PrefixIPv4 = 24;
    private const int PrefixIPv6 = 64;

    private readonly HostKernel _kernel;
    private readonly NetworkNamespace _outside;

    private World(string folder, HostKernel kernel, NetworkNamespace outside)
    {
        Folder = folder;
        _kernel = kernel;
        _outside = outside;
        Outside = new Peer("outside", outside.OpenSocket, IPAddress.Parse("192.0.2.2"), IPAddress.Parse("2001:db8:1::2"));
        Host = new Peer("host", kernel.HostNamespace.OpenSocket, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8:1::1"));
    }

    public Peer Host { get; }

    public Peer Outside { get; }

    public string Folder { get; }

    public string HostNamespacePath => Path.Combine(Folder, HostPin);

    public string RunDirectory => Path.Combine(Folder, "run");

    public static async Task<World> CreateAsync()
    {
        string folder = Directory.CreateTempSubdirectory(FolderPrefix).FullName;
        try
        {
            string hostPath = Path.Combine(folder, HostPin);
            NetworkNamespace.CreatePinned(hostPath).Dispose();   // the pin keeps it; the kernel below opens it again
            NetworkNamespace outside = NetworkNamespace.CreatePinned(Path.Combine(folder, "outside"));
            World world = new(folder, HostKernel.Open(new HostKernelOptions { NamespacePath = hostPath }), outside);
            await world._kernel.RunAsync(static (session, self) => self.LayWire(session), world);
            return world;
        }
        catch
        {
            RemoveFolder(folder);
            throw;
        }
    }

    /// <summary>Whether a folder is a world's.</summary>
    public static bool IsWorld(string folder)
        => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).StartsWith(FolderPrefix, StringComparison.Ordinal) && File.Exists(Path.Combine(folder, HostPin));

    /// <summary>The files in a world's folder, among them all that namespaces are pinned to.</summary>
    public static IReadOnlyList<string> Pins(string folder)
        => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];

    /// <summary>Removes a world's folder with all that is pinned in it.</summary>
    public static void RemoveFolder(string folder)
    {
        foreach (string pin in Pins(folder))
        {
            NetworkNamespace.Unpin(pin);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The names of the host's links.</summary>
    public ValueTask<IReadOnlyList<string>> HostLinksAsync()
        => _kernel.RunAsync(static IReadOnlyList<string> (session, _) => [.. session.Route.DumpLinks().Select(link => link.Name)], 0);

    /// <summary>How many firewall rules the host has.</summary>
    public ValueTask<int> HostRulesAsync()
        => _kernel.RunAsync(
            static (session, _) => session.Nftables.ReadRuleset(family: null, table: null).Tables.Sum(table => table.Chains.Sum(chain => chain.Rules.Count)), 0);

    /// <summary>Makes the outside a neighbour who knows the way: it sends what is for a subnet to the host.</summary>
    public ValueTask<bool> TeachOutsideAsync(Subnet subnet)
        => _kernel.RunAsync(
            static (session, state) =>
            {
                using RtNetlink outside = session.OpenRoute(state.self._outside);
                outside.Batch.AddRoute(new RouteSpec
                {
                    Destination = state.subnet.ToIPNetwork(),
                    Gateway = state.self.Host.Address(state.subnet.Family),
                });
                outside.Execute();
                return true;
            },
            (self: this, subnet));

    /// <summary>Lets go of the world without removing it.</summary>
    public async ValueTask LetGoAsync()
    {
        await _kernel.DisposeAsync();
        _outside.Dispose();
    }

    /// <summary>Removes the world: the wire dies with the namespaces.</summary>
    public async ValueTask DisposeAsync()
    {
        await LetGoAsync();
        RemoveFolder(Folder);
    }

    private bool LayWire(KernelSession session)
    {
        session.Route.Batch.CreateVeth(new VethLinkSpec
        {
            Name = WireName,
            Up = true,
            PeerName = WireName,
            PeerNamespaceDescriptor = _outside.Descriptor,
        });
        session.Route.Execute();
        using RtNetlink outside = session.OpenRoute(_outside);
        PlugIn(outside, Outside);
        PlugIn(session.Route, Host);
        return true;
    }

    private static void PlugIn(RtNetlink route, Peer machine)
    {
        int index = route.FindLink(WireName)?.Index ?? throw new InvalidOperationException($"{machine.Name} has no {WireName}.");
        route.Batch.ChangeLink("lo", new LinkChange { Up = true });
        route.Batch.ChangeLink(index, new LinkChange { Up = true });
        route.Batch.AddAddress(index, machine.IPv4, PrefixIPv4);
        route.Batch.AddAddress(index, machine.IPv6, PrefixIPv6);
        route.Batch.SettleLink(index);   // the first packet passes at once
        route.Execute();
    }
}
