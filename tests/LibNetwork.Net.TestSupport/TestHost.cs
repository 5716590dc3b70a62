using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.TestSupport;

/// <summary>A host of its own in a namespace, with an outside machine on a wire, for one test. Disposing removes all of it.</summary>
public sealed class TestHost : IDisposable
{
    public const string HostIPv4 = "192.0.2.1";
    public const string OutsideIPv4 = "192.0.2.2";
    public const string HostIPv6 = "2001:db8:1::1";
    public const string OutsideIPv6 = "2001:db8:1::2";
    public const string WireName = "wire0";

    // In memory, as /run is on most machines: a disk's file system searches longer for a free inode the more were deleted lately.
    private static readonly string MemoryFolder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly NetworkNamespace _host;

    private TestHost(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        _host = NetworkNamespace.CreatePinned(NamespacePath);
        Outside = NetworkNamespace.CreatePinned(Path.Combine(folder, "outside"));
    }

    public string Folder { get; }

    public string NamespacePath => Path.Combine(Folder, "host");

    public string RunDirectory => Path.Combine(Folder, "run");

    public NetworkNamespace Namespace => _host;

    public NetworkNamespace Outside { get; }

    /// <summary>Makes a host.</summary>
    /// <param name="forwards">Whether it forwards packets from the start; otherwise the first network that needs it turns that on.</param>
    public static async Task<TestHost> CreateAsync(bool forwards = false)
    {
        TestHost host = new(Path.Combine(MemoryFolder, $"libnetwork-test-{Guid.NewGuid():N}"));
        try
        {
            await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.NamespacePath });
            await kernel.RunAsync(static (session, state) => state.host.LayWire(session, state.forwards), (host, forwards));
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        Outside.Dispose();
        foreach (string path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            NetworkNamespace.Unpin(path);
        }

        Directory.Delete(Folder, recursive: true);
    }

    private bool LayWire(KernelSession session, bool forwards)
    {
        if (forwards)
        {
            session.WriteSysctl(_host, "net/ipv4/ip_forward", "1");
            session.WriteSysctl(_host, "net/ipv6/conf/all/forwarding", "1");
        }

        session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
        session.Route.Batch.CreateVeth(new VethLinkSpec
        {
            Name = WireName, Up = true, PeerName = WireName, PeerNamespaceDescriptor = Outside.Descriptor,
        });
        session.Route.Execute();
        using RtNetlink outside = session.OpenRoute(Outside);
        outside.Batch.ChangeLink("lo", new LinkChange { Up = true });
        outside.Batch.ChangeLink(WireName, new LinkChange { Up = true });
        outside.Execute();
        foreach ((RtNetlink route, string ipv4, string ipv6) in new[] { (session.Route, HostIPv4, HostIPv6), (outside, OutsideIPv4, OutsideIPv6) })
        {
            int index = route.FindLink(WireName)!.Index;   // made above
            route.Batch.AddAddress(index, IPAddress.Parse(ipv4), 24);
            route.Batch.AddAddress(index, IPAddress.Parse(ipv6), 64);
            route.Batch.SettleLink(index);
            route.Execute();
        }

        return true;
    }
}
