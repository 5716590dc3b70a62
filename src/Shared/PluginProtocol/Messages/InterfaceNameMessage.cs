namespace LibNetwork.Plugins.Protocol;

/// <summary>An interface of the host that is moved into a sandbox.</summary>
internal sealed record InterfaceNameMessage
{
    public string? SrcName { get; init; }

    /// <summary>What it is called inside, before the number.</summary>
    public string? DstPrefix { get; init; }
}
