using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.TestSupport;

/// <summary>Hosts on one wire: each has an interface to a switch that is a namespace of its own. The hosts are the caller's; disposing removes the switch.</summary>
public sealed class Underlay : IDisposable
{
    public const string WireName = "under0";

    private const string Switch = "switch";

    private readonly NetworkNamespace _switch;
    private readonly string _switchPath;

    private Underlay(NetworkNamespace switching, string path, IReadOnlyList<TestHost> hosts) => (_switch, _switchPath, Hosts) = (switching, path, hosts);

    public IReadOnlyList<TestHost> Hosts { get; }

    /// <summary>The address of a host, counted from 0.</summary>
    public static IPAddress IPv4(int host) => IPAddress.Parse($"198.51.100.{host + 1}");

    /// <summary>The address of a host, counted from 0.</summary>
    public static IPAddress IPv6(int host) => IPAddress.Parse($"2001:db8:99::{host + 1}");

    public static async Task<Underlay> CreateAsync(int count)
    {
        List<TestHost> hosts = [];
        for (int i = 0; i < count; i++)
        {
            hosts.Add(await TestHost.CreateAsync(forwards: true));
        }

        string path = Path.Combine(hosts[0].Folder, Switch);
        NetworkNamespace switching = NetworkNamespace.CreatePinned(path);
        await using HostKernel inside = HostKernel.Open(new HostKernelOptions { NamespacePath = path });
        await inside.RunAsync(static (session, hosts) => LaySwitch(session, hosts), hosts);
        for (int i = 0; i < count; i++)
        {
            await using HostKernel host = HostKernel.Open(new HostKernelOptions { NamespacePath = hosts[i].NamespacePath });
            await host.RunAsync(static (session, number) => Address(session, number), i);
        }

        return new Underlay(switching, path, hosts);
    }

    /// <summary>Takes a host's wire out of the switch, and opens its end there: frames as a card's driver sees them, <c>struct virtio_net_hdr</c> before each.</summary>
    public async Task<Socket> TakeWireAsync(int host)
    {
        const int PacketLevel = 263, OptionVirtioHeader = 15;   // SOL_PACKET, PACKET_VNET_HDR
        await using HostKernel inside = HostKernel.Open(new HostKernelOptions { NamespacePath = _switchPath });
        int index = await inside.RunAsync(
            static (session, port) =>
            {
                int index = session.Route.FindLink(port)!.Index;   // the switch was laid
                session.Route.Batch.ChangeLink(index, new LinkChange { Master = 0 });
                session.Route.Execute();
                return index;
            },
            $"port{host}");
        Socket wire = _switch.OpenSocket(AddressFamily.Packet, SocketType.Raw, 0);
        wire.SetRawSocketOption(PacketLevel, OptionVirtioHeader, [1, 0, 0, 0]);
        wire.Bind(new PacketEndPoint(index));
        return wire;
    }

    public void Dispose() => _switch.Dispose();

    private static bool LaySwitch(KernelSession session, List<TestHost> hosts)
    {
        session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = Switch, Up = true, MulticastSnooping = false });
        int index = session.Route.ExecuteAndFindLink(Switch)!.Index;   // just made
        for (int i = 0; i < hosts.Count; i++)
        {
            session.Route.Batch.CreateVeth(new VethLinkSpec
            {
                Name = $"port{i}", Up = true, Master = index, PeerName = WireName, PeerNamespaceDescriptor = hosts[i].Namespace.Descriptor,
            });
        }

        session.Route.Execute();
        return true;
    }

    private static bool Address(KernelSession session, int host)
    {
        int index = session.Route.FindLink(WireName)!.Index;   // just made
        session.Route.Batch.ChangeLink(index, new LinkChange { Up = true });
        session.Route.Batch.AddAddress(index, IPv4(host), 24);
        session.Route.Batch.AddAddress(index, IPv6(host), 64);
        session.Route.Batch.SettleLink(index);
        session.Route.Execute();
        return true;
    }
}
