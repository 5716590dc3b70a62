namespace MiniRuntime.Engine.Model;

/// <summary>An address and a port of the host; empty strings leave the choice open.</summary>
internal sealed record PortBinding
{
    public string HostIp { get; init; } = string.Empty;

    public string HostPort { get; init; } = string.Empty;
}
