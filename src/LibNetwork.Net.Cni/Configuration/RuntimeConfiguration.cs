using System.Text.Json;

namespace LibNetwork.Cni.Configuration;

/// <summary>What the runtime wants of one container, for the capabilities that the configuration file declares.</summary>
internal sealed record RuntimeConfiguration
{
    public IReadOnlyList<PortMapping>? PortMappings { get; init; }

    /// <summary>Addresses that are asked for, with or without a prefix length.</summary>
    public IReadOnlyList<string>? Ips { get; init; }

    public string? Mac { get; init; }

    /// <summary>Ranges beside those of the file.</summary>
    public IReadOnlyList<IReadOnlyList<RangeConfiguration>>? IpRanges { get; init; }

    /// <summary>The container's names: a list, or lists by the name of the network, as Podman has it.</summary>
    public JsonElement? Aliases { get; init; }
}
