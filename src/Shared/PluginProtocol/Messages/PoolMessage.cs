namespace LibNetwork.Plugins.Protocol;

/// <summary>A pool that a network holds. Gateway and reserved addresses have the pool's prefix length.</summary>
internal sealed record PoolMessage
{
    public string? AddressSpace { get; init; }

    public string? Pool { get; init; }

    public string? Gateway { get; init; }

    public IReadOnlyDictionary<string, string>? AuxAddresses { get; init; }
}
