using System.Net;

namespace LibNetwork.Drivers;

/// <summary>A route inside a sandbox.</summary>
/// <param name="Destination">Where it leads.</param>
/// <param name="NextHop">The router; <see langword="null"/> when the destination is on the endpoint's own link.</param>
public sealed record SandboxRoute(Subnet Destination, IPAddress? NextHop = null);
