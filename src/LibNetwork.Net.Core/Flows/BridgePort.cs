using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>Where an endpoint is in the kernel: its interface inside, the port on the host that is the other end, and the port's bridge.</summary>
internal sealed record BridgePort(FlowEndpoint Endpoint, NetworkStack Stack, LinkInfo Inside, LinkInfo Port, LinkInfo Bridge);
