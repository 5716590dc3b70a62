namespace LibNetwork.Cni.Results;

/// <summary>An address of an interface.</summary>
internal sealed record ResultAddress
{
    /// <summary><c>4</c> or <c>6</c>; before version 1.0.0.</summary>
    public string? Version { get; init; }

    public required string Address { get; init; }

    public string? Gateway { get; init; }

    /// <summary>The position of its interface in the list.</summary>
    public int? Interface { get; init; }
}
