namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An encrypted tunnel. It carries nothing before <see cref="WireGuard.WireGuardSocket"/> has given it a key and peers.</summary>
/// <remarks>Its packets go out by the namespace that it was born in, also when it moves.</remarks>
public sealed record WireGuardLinkSpec : LinkSpec;
