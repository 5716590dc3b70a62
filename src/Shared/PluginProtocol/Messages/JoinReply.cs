namespace LibNetwork.Plugins.Protocol;

internal sealed record JoinReply : Reply
{
    public InterfaceNameMessage? InterfaceName { get; init; }

    public string? Gateway { get; init; }

    public string? GatewayIPv6 { get; init; }

    public IReadOnlyList<StaticRouteMessage>? StaticRoutes { get; init; }

    public bool DisableGatewayService { get; init; }
}
