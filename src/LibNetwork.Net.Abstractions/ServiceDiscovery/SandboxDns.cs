namespace LibNetwork.ServiceDiscovery;

/// <summary>How a sandbox's resolver works.</summary>
public sealed record SandboxDns
{
    /// <summary>Whether the sandbox has a resolver.</summary>
    /// <value>The default is <see langword="true"/>; it starts with the first endpoint that wants it.</value>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Who is asked for names of outside, in this order; the first three count.</summary>
    /// <value>The default, none, are the servers of the host's resolv.conf, also when that changes.</value>
    public IReadOnlyList<DnsServer> Servers { get; init; } = [];

    /// <summary>Domains that the sandbox's programs append by themselves. A name of an endpoint wins over what outside says of it with such a domain.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>Whether names without a dot never leave the sandbox, as when its user set the option <c>ndots</c>.</summary>
    public bool KeepsUndottedNames { get; init; }
}
