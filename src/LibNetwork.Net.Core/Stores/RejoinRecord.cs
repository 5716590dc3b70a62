namespace LibNetwork.Stores;

/// <summary>An endpoint that left a sandbox only to join it again.</summary>
internal sealed record RejoinRecord(string NetworkId, string EndpointId, int GatewayPriority, string? InterfaceName);
