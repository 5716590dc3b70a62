namespace MiniRuntime.Compose.Model;

/// <summary>A port of a container that is published.</summary>
/// <param name="ContainerPort">1 to 65535.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="HostIp">Empty: every address of the host.</param>
/// <param name="HostPort">A number, or a range of which the engine takes one; empty: any.</param>
internal sealed record PortMapping(int ContainerPort, string Protocol, string HostIp, string HostPort);
