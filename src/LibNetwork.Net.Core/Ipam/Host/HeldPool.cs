using System.Net;

namespace LibNetwork.Ipam.Host;

/// <summary>A pool of one of our networks, and how the host's routes stand to it.</summary>
/// <param name="NetworkName">The network.</param>
/// <param name="PoolId">The pool's name.</param>
/// <param name="Subnet">Its addresses.</param>
/// <param name="Gateway">The host's own address in it, by which its link is known.</param>
/// <param name="Ipam">Who gave it.</param>
/// <param name="AddressSpace">The space that it is from.</param>
internal sealed record HeldPool(string NetworkName, string PoolId, Subnet Subnet, IPAddress? Gateway, IIpamDriver Ipam, string AddressSpace)
{
    /// <summary>Overlapping ranges that need no report: those that were there first, which the user chose to live with, and those reported.</summary>
    public HashSet<Subnet> Known { get; } = [];
}
