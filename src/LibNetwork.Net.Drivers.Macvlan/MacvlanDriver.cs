using LibNetwork.Drivers.Parents;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Macvlan;

/// <summary>Endpoints as macvlan interfaces: each has a hardware address of its own on the parent's wire.</summary>
internal sealed class MacvlanDriver(HostKernel kernel, INetworkFirewall firewall, ILogger<MacvlanDriver> logger) : ParentDriver(kernel, firewall, logger)
{
    public override string Name => "macvlan";

    protected override ParentOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels)
        => MacvlanNetworkOptions.Parse(subject, isInternal, labels);

    protected override string? WhyNotShared(ParentOptions one, ParentOptions other)
        => IsAlone(one) || IsAlone(other) ? "cannot be shared in mode passthru" : null;

    /// <summary>In mode passthru the kernel gives the interface its parent's, whatever was asked for.</summary>
    protected override MacAddress? ChooseAddress(ParentNetwork network, string subject, MacAddress? wanted) => (IsAlone(network.Options), wanted) switch
    {
        (false, _) => wanted ?? MacAddress.NewRandom(),
        (true, null) => null,
        _ => throw NetworkException.InvalidArgument(subject, nameof(DriverEndpointRequest.MacAddress), "is the parent's on a macvlan network in mode passthru and cannot be chosen"),
    };

    protected override void Create(RtNetlinkBatch batch, ParentEndpoint endpoint, DriverJoinRequest request, int parent)
        => batch.CreateMacvlan(new MacvlanLinkSpec
        {
            Name = request.InterfaceName.Value,
            Parent = parent,
            Mode = ModeOf(endpoint.Network.Options),
            Address = endpoint.MacAddress?.ToPhysicalAddress(),
            Mtu = endpoint.Network.Options.Mtu,
            NamespaceDescriptor = request.NamespaceDescriptor,
        });

    protected override void CreateShim(RtNetlinkBatch batch, ParentNetwork network, string name, int parent)
        => batch.CreateMacvlan(new MacvlanLinkSpec { Name = name, Parent = parent, Mode = ModeOf(network.Options), Mtu = network.Options.Mtu, Group = LinkReaper.UnfinishedGroup });

    protected override LinkInfo? FindInterface(RtNetlink inside, ParentEndpoint endpoint, int? parent)
        => inside.DumpLinks().Where(link => link.Kind == "macvlan"
                && (endpoint.MacAddress is { } address ? link.PhysicalAddress.Equals(address.ToPhysicalAddress()) : link.LinkIndex == parent))
            .MinBy(static link => link.Group == LinkReaper.CondemnedGroup);   // one that left before is deleted soon

    private static bool IsAlone(ParentOptions options) => ModeOf(options) == MacvlanMode.Passthru;

    private static MacvlanMode ModeOf(ParentOptions options) => ((MacvlanNetworkOptions)options).Mode;
}
