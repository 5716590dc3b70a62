namespace LibNetwork.Plugins.Protocol;

internal sealed record PoolRequestMessage
{
    public string? AddressSpace { get; init; }

    public string? Pool { get; init; }

    public string? SubPool { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public bool V6 { get; init; }
}
