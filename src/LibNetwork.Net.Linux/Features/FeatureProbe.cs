using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Linux.Features;

/// <summary>Tries things out in a namespace of its own, which takes all traces with it.</summary>
internal sealed class FeatureProbe : IDisposable
{
    private const string ProbeName = "probe";
    private const int ReceiveBufferBytes = 16 * 1024;

    private readonly NetworkNamespace _namespace;
    private readonly NetlinkBatch _batch = new();
    private readonly byte[] _receiveBuffer = new byte[ReceiveBufferBytes];
    private readonly RtNetlink _route;

    private FeatureProbe(NetworkNamespace fresh)
    {
        _namespace = fresh;
        _route = new RtNetlink(KernelSession.OpenNetlink(fresh, NetlinkProtocol.Route, _receiveBuffer, observer: null), _batch);
    }

    public static KernelException? Run(Action<FeatureProbe> action)
    {
        try
        {
            using NetworkNamespace fresh = NetworkNamespace.Create();
            using FeatureProbe probe = new(fresh);
            action(probe);
            return null;
        }
        catch (KernelException exception)
        {
            return exception;   // the refusal is the probe's result
        }
    }

    public void CreatePlain(string kind)
    {
        _route.Batch.CreatePlain(new DummyLinkSpec { Name = ProbeName }, "create " + kind, kind);
        _route.Execute();
    }

    public void CreateFilteringBridge()
    {
        _route.Batch.CreateBridge(new BridgeLinkSpec { Name = ProbeName, VlanFiltering = true });
        _route.Execute();
    }

    public int CreateParent()
    {
        _route.Batch.CreateVeth(new VethLinkSpec { Name = "parent", PeerName = "peer" });
        _route.Execute();
        return _route.FindLink("parent") is { } parent ? parent.Index : throw new KernelException("find link", "parent", LinuxErrno.ENODEV);
    }

    public void CreateVxlan()
    {
        _route.Batch.CreateVxlan(new VxlanLinkSpec { Name = ProbeName, Vni = 1 });
        _route.Execute();
    }

    public void CreateMacvlan()
    {
        _route.Batch.CreateMacvlan(new MacvlanLinkSpec { Name = ProbeName, Parent = CreateParent() });
        _route.Execute();
    }

    public void CreateIpvlan()
    {
        _route.Batch.CreateIpvlan(new IpvlanLinkSpec { Name = ProbeName, Parent = CreateParent() });
        _route.Execute();
    }

    public void CreateVlan()
    {
        _route.Batch.CreateVlan(new VlanLinkSpec { Name = ProbeName, Parent = CreateParent(), Id = 1 });
        _route.Execute();
    }

    public void FindGenericFamily(string name)
    {
        const ushort Controller = 0x10;   // GENL_ID_CTRL
        const byte GetFamily = 3;   // CTRL_CMD_GETFAMILY
        const ushort FamilyName = 2;   // CTRL_ATTR_FAMILY_NAME
        const int GenericHeaderSize = 4;   // struct genlmsghdr
        using NetlinkSocket generic = KernelSession.OpenNetlink(_namespace, NetlinkProtocol.Generic, _receiveBuffer, observer: null);
        NetlinkMessageWriter writer = _batch.Begin(Controller, NetlinkFlags.None, "find netlink family", name);
        Span<byte> header = writer.WriteFamilyHeader(GenericHeaderSize);
        header[0] = GetFamily;
        header[1] = 1;   // the interface's version
        writer.WriteString(FamilyName, name);
        _batch.End(ref writer);
        generic.Execute(_batch);
    }

    public void Dispose() => _route.Dispose();
}
