namespace MiniRuntime.Compose.Model;

/// <summary>A network of the file.</summary>
/// <param name="Key">What services call it.</param>
internal sealed record StackNetwork(string Key)
{
    /// <summary>What the engine calls it; <see langword="null"/>: made from the project's name and the key.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it must be there already, and stays when the stack goes.</summary>
    public bool External { get; init; }

    /// <summary><see langword="null"/>: the engine's default.</summary>
    public string? Driver { get; init; }

    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();

    public string? IpamDriver { get; init; }

    public IReadOnlyList<AddressPool> Pools { get; init; } = [];

    public IReadOnlyDictionary<string, string> IpamOptions { get; init; } = new Dictionary<string, string>();

    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    /// <summary><see langword="null"/>: the engine's default.</summary>
    public bool? EnableIPv4 { get; init; }

    public bool? EnableIPv6 { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
