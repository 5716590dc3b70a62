namespace LibNetwork.Cni.Configuration;

/// <summary>A port of the host that leads to one of the container.</summary>
internal sealed record PortMapping(int HostPort, int ContainerPort, string Protocol, string? HostIP);
