using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api.Messages;

/// <summary>A container's network; the addresses outside <see cref="Networks"/> are those on the default bridge, for old clients.</summary>
internal sealed record ContainerNetworkMessage
{
    public string Bridge => string.Empty;

    public required string SandboxID { get; init; }

    public required string SandboxKey { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Ports { get; init; }

    public string EndpointID { get; init; } = string.Empty;

    public string Gateway { get; init; } = string.Empty;

    public string GlobalIPv6Address { get; init; } = string.Empty;

    public int GlobalIPv6PrefixLen { get; init; }

    public string IPAddress { get; init; } = string.Empty;

    public int IPPrefixLen { get; init; }

    public string IPv6Gateway { get; init; } = string.Empty;

    public string MacAddress { get; init; } = string.Empty;

    public required IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; }
}
