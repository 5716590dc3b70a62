using System.Net.Sockets;

namespace LibNetwork.Stores;

/// <summary>A pool of a template as it is kept.</summary>
internal sealed record PoolSpecRecord(
    string? Subnet, AddressFamily Family, string? Range, IReadOnlyList<string>? Withheld, string? Gateway, IReadOnlyDictionary<string, string>? Reserved);
