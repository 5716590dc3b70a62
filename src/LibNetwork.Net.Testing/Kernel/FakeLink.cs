namespace LibNetwork.Testing.Kernel;

/// <summary>An interface.</summary>
internal sealed class FakeLink
{
    public required string Name { get; set; }

    public required FakeNamespace Home { get; set; }

    public required int Index { get; set; }

    public string? Kind { get; init; }

    public byte[] Address { get; set; } = [];

    public uint Mtu { get; set; }

    public bool Up { get; set; }

    public uint Group { get; set; }

    public string? Alias { get; set; }

    public FakeLink? Master { get; set; }

    /// <summary>The interface below; for an end of a cable the other end.</summary>
    public FakeLink? Lower { get; set; }

    /// <summary>Kernel parameters that are not as they are by default, by family and name.</summary>
    public Dictionary<string, string> Parameters { get; } = new(StringComparer.Ordinal);

    public bool IsLoopback => Kind is null && Name == "lo";

    public bool HasCarrier => Up && (Kind switch
    {
        "bridge" => Home.Links.Any(port => port.Master == this && port.HasLowerUp),
        _ => HasLowerUp,
    });

    private bool HasLowerUp => Up && Lower is not { Up: false };
}
