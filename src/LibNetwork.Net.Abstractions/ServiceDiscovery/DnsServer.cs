using System.Net;

namespace LibNetwork.ServiceDiscovery;

/// <summary>A server that is asked for names of outside.</summary>
/// <param name="EndPoint">Its address and port; an IPv6 address may have a scope.</param>
/// <param name="IsReachedFromHost">Whether it is asked from the host's network instead of the sandbox's own, as with the servers of the host's resolv.conf.</param>
public sealed record DnsServer(IPEndPoint EndPoint, bool IsReachedFromHost = false)
{
    /// <summary>The port of the name service.</summary>
    public const ushort DefaultPort = 53;
}
