namespace LibNetwork.Drivers.Bridge;

/// <summary>How one address family of a network is connected to the outside.</summary>
internal enum GatewayMode
{
    Nat,
    NatUnprotected,
    Routed,
    Isolated,
}
