namespace LibNetwork.Cni.Configuration;

/// <summary>What a container's resolver should know; the runtime writes it into the container.</summary>
internal sealed record DnsConfiguration
{
    /// <summary>The servers; like the other lists <see langword="null"/> rather than empty, so that a result does not have it.</summary>
    public IReadOnlyList<string>? Nameservers { get; init; }

    public string? Domain { get; init; }

    public IReadOnlyList<string>? Search { get; init; }

    public IReadOnlyList<string>? Options { get; init; }
}
