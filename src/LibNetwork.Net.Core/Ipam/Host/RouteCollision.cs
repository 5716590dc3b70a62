namespace LibNetwork.Ipam.Host;

/// <summary>A range of the host's that appeared and overlaps a pool in use.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Range">The range: where a route leads, or the subnet of an address.</param>
/// <param name="Link">The index of the link that it is on, or <see langword="null"/>.</param>
internal sealed record RouteCollision(HeldPool Pool, Subnet Range, int? Link);
