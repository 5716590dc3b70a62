namespace LibNetwork.Cni.Results;

/// <summary>What VERSION answers.</summary>
internal sealed record VersionResult
{
    public required string CniVersion { get; init; }

    public required IReadOnlyList<string> SupportedVersions { get; init; }
}
