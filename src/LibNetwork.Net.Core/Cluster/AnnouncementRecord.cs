namespace LibNetwork.Cluster;

/// <summary>A joined endpoint as its node tells the others of it. Whose it is says the key.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DnsNames">Names that resolve to it.</param>
/// <param name="PortNames">Ports with a name.</param>
/// <param name="IPv4">Its IPv4 address.</param>
/// <param name="IPv6">Its IPv6 address.</param>
/// <param name="MacAddress">Its hardware address.</param>
/// <param name="NodeAddress">The address that its node advertises.</param>
internal sealed record AnnouncementRecord(
    string? Name,
    IReadOnlyList<string?>? DnsNames = null,
    IReadOnlyDictionary<string, string>? PortNames = null,
    string? IPv4 = null,
    string? IPv6 = null,
    string? MacAddress = null,
    string? NodeAddress = null);
