using LibNetwork.Cni.Configuration;

namespace LibNetwork.Cni.Results;

/// <summary>What ADD has done, and what the plugins before it did.</summary>
internal sealed record CniResult
{
    public string? CniVersion { get; init; }

    public IReadOnlyList<ResultInterface> Interfaces { get; init; } = [];

    public IReadOnlyList<ResultAddress> Ips { get; init; } = [];

    public IReadOnlyList<ResultRoute> Routes { get; init; } = [];

    public DnsConfiguration? Dns { get; init; }
}
