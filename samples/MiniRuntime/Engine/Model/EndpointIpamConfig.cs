namespace MiniRuntime.Engine.Model;

/// <summary>Addresses that a user asks for.</summary>
internal sealed record EndpointIpamConfig
{
    public string? IPv4Address { get; init; }

    public string? IPv6Address { get; init; }

    public IReadOnlyList<string>? LinkLocalIPs { get; init; }
}
