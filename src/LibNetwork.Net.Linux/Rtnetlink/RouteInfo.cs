using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A route as the kernel has it.</summary>
/// <param name="Destination">Where it leads.</param>
/// <param name="Gateway">The router, or <see langword="null"/>.</param>
/// <param name="OutputInterface">The link, by index, or <see langword="null"/>.</param>
/// <param name="Scope">How far the destination is.</param>
/// <param name="Type">What it does with packets.</param>
/// <param name="Table">The routing table.</param>
/// <param name="Metric">The preference.</param>
public sealed record RouteInfo(
    IPNetwork Destination, IPAddress? Gateway, int? OutputInterface, RouteScope Scope, RouteType Type, uint Table, uint Metric);
