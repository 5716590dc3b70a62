using LibNetwork.Drivers.Parents;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Ipvlan;

/// <summary>Endpoints as ipvlan interfaces: they have their parent's hardware address and are told apart by IP address.</summary>
internal sealed class IpvlanDriver(HostKernel kernel, INetworkFirewall firewall, ILogger<IpvlanDriver> logger) : ParentDriver(kernel, firewall, logger)
{
    public override string Name => "ipvlan";

    protected override ParentOptions Parse(string subject, bool isInternal, IReadOnlyDictionary<string, string> labels)
        => IpvlanNetworkOptions.Parse(subject, isInternal, labels);

    /// <summary>The kernel has one mode for all interfaces of a parent: another one would change those that are there.</summary>
    protected override string? WhyNotShared(ParentOptions one, ParentOptions other)
        => Of(one).Mode == Of(other).Mode && Of(one).Flags == Of(other).Flags ? null : "cannot be shared in different modes";

    protected override MacAddress? ChooseAddress(ParentNetwork network, string subject, MacAddress? wanted)
        => wanted is null ? null
            : throw NetworkException.InvalidArgument(subject, nameof(DriverEndpointRequest.MacAddress), "is the parent's on an ipvlan network and cannot be chosen");

    protected override void Create(RtNetlinkBatch batch, ParentEndpoint endpoint, DriverJoinRequest request, int parent)
        => batch.CreateIpvlan(new IpvlanLinkSpec
        {
            Name = request.InterfaceName.Value,
            Parent = parent,
            Mode = Of(endpoint.Network.Options).Mode,
            Flags = Of(endpoint.Network.Options).Flags,
            Mtu = endpoint.Network.Options.Mtu,
            NamespaceDescriptor = request.NamespaceDescriptor,
        });

    protected override void CreateShim(RtNetlinkBatch batch, ParentNetwork network, string name, int parent)
        => batch.CreateIpvlan(new IpvlanLinkSpec
        {
            Name = name,
            Parent = parent,
            Mode = Of(network.Options).Mode,
            Flags = Of(network.Options).Flags,
            Mtu = network.Options.Mtu,
            Group = LinkReaper.UnfinishedGroup,
        });

    /// <summary>The one with its index, or the only one of its parent that is no other's, or among several the one with the endpoint's address.</summary>
    protected override LinkInfo? FindInterface(RtNetlink inside, ParentEndpoint endpoint, int? parent)
    {
        LinkInfo[] candidates = [.. inside.DumpLinks().Where(link => link.Kind == "ipvlan" && link.LinkIndex == parent
            && (endpoint.Index == link.Index || (endpoint.Index is null && !IsAnothers(endpoint, link.Index))))];
        LinkInfo[] inUse = [.. candidates.Where(static link => link.Group != LinkReaper.CondemnedGroup)];   // those that left before are deleted soon
        candidates = inUse.Length > 0 ? inUse : candidates;
        if (candidates.Length <= 1)
        {
            return candidates.FirstOrDefault();
        }

        HashSet<int> holders = [.. inside.DumpAddresses()
            .Where(address => address.Address.Equals(endpoint.IPv4?.Address) || address.Address.Equals(endpoint.IPv6?.Address))
            .Select(address => address.Index)];
        return candidates.FirstOrDefault(link => holders.Contains(link.Index));
    }

    private static IpvlanNetworkOptions Of(ParentOptions options) => (IpvlanNetworkOptions)options;
}
