namespace LibNetwork.Plugins.Protocol;

internal sealed record CapabilitiesReply : Reply
{
    public string? Scope { get; init; }

    public string? ConnectivityScope { get; init; }

    public bool GwAllocChecker { get; init; }
}
