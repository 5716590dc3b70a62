namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An interface that drops what it is sent: a holder of addresses, a parent without a wire.</summary>
public sealed record DummyLinkSpec : LinkSpec;
