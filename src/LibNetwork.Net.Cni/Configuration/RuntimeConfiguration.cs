namespace LibNetwork.Cni.Configuration;

/// <summary>What is wanted of one container: by the runtime, for the capabilities that the configuration file declares, or by arguments of everybody's.</summary>
internal sealed record RuntimeConfiguration
{
    public IReadOnlyList<PortMapping> PortMappings { get; init; } = [];

    /// <summary>Addresses that are asked for, with or without a prefix length.</summary>
    public IReadOnlyList<string> Ips { get; init; } = [];

    public string? Mac { get; init; }

    /// <summary>Ranges beside those of the file.</summary>
    public IReadOnlyList<IReadOnlyList<RangeConfiguration>> IpRanges { get; init; } = [];

    /// <summary>The container's names on the network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
