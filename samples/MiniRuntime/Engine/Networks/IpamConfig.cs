namespace MiniRuntime.Engine.Networks;

/// <summary>How a network's addresses are managed, as the Docker Engine API writes it (<c>IPAM</c>).</summary>
internal sealed record IpamConfig
{
    public string? Driver { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public IReadOnlyList<IpamPoolConfig>? Config { get; init; }
}
