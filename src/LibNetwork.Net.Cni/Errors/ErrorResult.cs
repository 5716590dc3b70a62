namespace LibNetwork.Cni.Errors;

/// <summary>What the runtime reads when a call fails.</summary>
internal sealed record ErrorResult
{
    public required string CniVersion { get; init; }

    public required int Code { get; init; }

    public required string Msg { get; init; }

    public string? Details { get; init; }
}
