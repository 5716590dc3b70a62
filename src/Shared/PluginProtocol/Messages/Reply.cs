namespace LibNetwork.Plugins.Protocol;

/// <summary>Any answer: with a text in <see cref="Err"/> or, from an IPAM driver, <see cref="Error"/>, it is a refusal.</summary>
internal record Reply
{
    public string? Err { get; init; }

    public string? Error { get; init; }

    /// <summary>Our own addition, which others ignore: the <see cref="NetworkErrorKind"/> of a refusal.</summary>
    public string? Kind { get; init; }
}
