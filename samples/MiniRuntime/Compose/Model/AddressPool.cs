namespace MiniRuntime.Compose.Model;

/// <summary>Where the addresses of a network come from.</summary>
internal sealed record AddressPool
{
    public string? Subnet { get; init; }

    public string? Gateway { get; init; }

    /// <summary>The part of the subnet from which addresses are chosen.</summary>
    public string? Range { get; init; }

    /// <summary>Addresses that are somebody else's, by name.</summary>
    public IReadOnlyDictionary<string, string> Reserved { get; init; } = new Dictionary<string, string>();
}
