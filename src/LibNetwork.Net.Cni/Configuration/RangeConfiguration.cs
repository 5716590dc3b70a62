namespace LibNetwork.Cni.Configuration;

/// <summary>A subnet, and the part of it that addresses are handed out of.</summary>
internal sealed record RangeConfiguration
{
    public string? Subnet { get; init; }

    public string? RangeStart { get; init; }

    public string? RangeEnd { get; init; }

    public string? Gateway { get; init; }
}
