namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>One server that is being asked.</summary>
internal sealed record Attempt(UpstreamServer Server, Task<byte[]?> Reply);
