namespace LibNetwork.Plugins.Protocol;

internal sealed record GatewayNeedsReply : Reply
{
    public bool SkipIPv4 { get; init; }

    public bool SkipIPv6 { get; init; }
}
