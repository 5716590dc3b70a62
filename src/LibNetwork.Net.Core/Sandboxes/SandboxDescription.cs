using System.Net;

namespace LibNetwork.Sandboxes;

/// <summary>What a pinned namespace shows of itself.</summary>
/// <param name="Mark">The note on its loopback interface.</param>
/// <param name="NamespaceId">The number by which the host's namespace knows it.</param>
/// <param name="Interfaces">The names of its interfaces by index.</param>
/// <param name="IPv6Addresses">Its IPv6 addresses, with the index of their interface.</param>
/// <param name="DefaultInterface">The index of the interface that the IPv4 default route leads out by.</param>
internal sealed record SandboxDescription(
    string? Mark, int NamespaceId, IReadOnlyDictionary<int, string> Interfaces, IReadOnlySet<(int Index, IPAddress Address)> IPv6Addresses, int? DefaultInterface);
