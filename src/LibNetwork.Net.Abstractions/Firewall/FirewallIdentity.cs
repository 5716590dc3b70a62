using System.Net;

namespace LibNetwork.Firewall;

/// <summary>All that an endpoint may say it is.</summary>
/// <param name="MacAddress">The hardware address that its frames come from.</param>
/// <param name="Addresses">The IPv4 and IPv6 addresses that its packets come from, and that it answers for; those of the link too.</param>
public sealed record FirewallIdentity(MacAddress MacAddress, IReadOnlyList<IPAddress> Addresses);
