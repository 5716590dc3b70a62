namespace LibNetwork.Cni.Configuration;

/// <summary>A subnet, and the part of it that addresses are handed out of.</summary>
internal sealed record RangeConfiguration(string? Subnet, string? RangeStart, string? RangeEnd, string? Gateway);
