using System.Net;

namespace LibNetwork.Drivers.Bridge;

/// <summary>One address family of a network.</summary>
/// <param name="Subnet">Its addresses.</param>
/// <param name="BridgeAddress">The bridge's own address; <see langword="null"/> when it has none of this family.</param>
/// <param name="Gateway">The gateway that endpoints are offered; <see langword="null"/> when there is no way out.</param>
/// <param name="Mode">How it is connected to the outside.</param>
internal sealed record BridgeFamily(Subnet Subnet, InterfaceAddress? BridgeAddress, IPAddress? Gateway, GatewayMode Mode);
