namespace LibNetwork.Stores;

/// <summary>A route inside a sandbox as it is kept.</summary>
internal sealed record RouteRecord(string Destination, string? NextHop);
