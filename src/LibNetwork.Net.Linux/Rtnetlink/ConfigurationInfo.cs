namespace LibNetwork.Linux.Rtnetlink;

/// <summary>The parameters of one family in a namespace.</summary>
internal sealed record ConfigurationInfo(bool Forwarding);
