namespace LibNetwork.Plugins.Protocol;

internal sealed record StaticRouteMessage
{
    public const int ByNextHop = 0;
    public const int Connected = 1;

    public string? Destination { get; init; }

    public int RouteType { get; init; }

    public string? NextHop { get; init; }
}
