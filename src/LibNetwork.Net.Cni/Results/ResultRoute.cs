namespace LibNetwork.Cni.Results;

/// <summary>A route inside the container.</summary>
internal sealed record ResultRoute
{
    public required string Dst { get; init; }

    /// <summary>The router; without one it is the gateway of the network.</summary>
    public string? Gw { get; init; }

    public int? Mtu { get; init; }

    public int? Advmss { get; init; }

    public int? Priority { get; init; }

    public int? Table { get; init; }

    public int? Scope { get; init; }
}
