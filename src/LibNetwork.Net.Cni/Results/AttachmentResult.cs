using System.Net.NetworkInformation;
using LibNetwork.Cni.Attachments;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Cni.Results;

/// <summary>Says in a result what an attachment consists of.</summary>
internal static class AttachmentResult
{
    /// <summary>The bridge, the cable's end on the host, and last the one in the container.</summary>
    public static IEnumerable<ResultInterface> InterfacesOf(CableReading cable, CniCall call)
    {
        if (cable is not { Inside: { } inside, HostEnd: { } hostEnd, Bridge: { } bridge })
        {
            throw new CniException(CniErrorCode.Internal, $"{call.Subject}: its interfaces went while they were looked at");
        }

        return [Of(bridge), Of(hostEnd), Of(inside) with { Sandbox = call.Environment.NamespacePath }];
    }

    public static IEnumerable<ResultAddress> AddressesOf(IEndpoint endpoint, NetworkState network, int position)
        => ((InterfaceAddress?[])[endpoint.State.IPv4, endpoint.State.IPv6]).OfType<InterfaceAddress>().Select(address => new ResultAddress
        {
            Address = address.ToString(),
            Gateway = network.Pools.First(pool => pool.Subnet.Family == address.Family).Gateway?.ToString(),
            Interface = position,
        });

    /// <summary>A hardware address as the kernel's tools write it.</summary>
    public static string TextOf(PhysicalAddress address) => string.Join(':', address.GetAddressBytes().Select(static part => $"{part:x2}"));

    private static ResultInterface Of(LinkInfo link) => new() { Name = link.Name, Mac = TextOf(link.PhysicalAddress), Mtu = (int)link.Mtu };
}
