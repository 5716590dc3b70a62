using System.Diagnostics.CodeAnalysis;

namespace MiniRuntime.Engine.Model;

/// <summary>An address and a port of the host; empty strings leave the choice open.</summary>
internal sealed record PortBinding
{
    [AllowNull]   // a client may leave it out
    public string HostIp { get; init => field = value ?? string.Empty; } = string.Empty;

    [AllowNull]
    public string HostPort { get; init => field = value ?? string.Empty; } = string.Empty;
}
