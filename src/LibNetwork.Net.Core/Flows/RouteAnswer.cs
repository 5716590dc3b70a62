using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>A route, or why there is none.</summary>
internal readonly record struct RouteAnswer(RouteInfo? Route, string? Problem);
