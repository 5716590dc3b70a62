namespace LibNetwork.Linux.Monitoring;

/// <summary>What was taken away on a host, or may have been, since a <see cref="HostMonitor"/> was read last. Hints: only a look at the kernel tells.</summary>
public sealed class HostChanges
{
    /// <summary>Nothing has happened.</summary>
    public static HostChanges None { get; } = new();

    /// <summary>Whether changes were lost: anything may have happened.</summary>
    public bool Overrun { get; internal set; }

    /// <summary>Whether somebody turned the forwarding of all interfaces off, for IPv4 or IPv6.</summary>
    public bool ForwardingTurnedOff { get; internal set; }

    /// <summary>The host's links that went down, left their bridge or vanished, by name. Those that <see cref="LinkReaper"/> takes are not among them.</summary>
    public IReadOnlySet<string> Links => LinkNames;

    /// <summary>The host's links that lost an address or a route, by index.</summary>
    public IReadOnlySet<int> Interfaces => InterfaceIndexes;

    /// <summary>The ids of other namespaces in which something was taken away or replaced.</summary>
    public IReadOnlySet<int> Namespaces => NamespaceIds;

    /// <summary>The names of nftables tables that somebody else changed.</summary>
    public IReadOnlySet<string> Tables => TableNames;

    internal HashSet<string> LinkNames { get; } = new(StringComparer.Ordinal);

    internal HashSet<int> InterfaceIndexes { get; } = [];

    internal HashSet<int> NamespaceIds { get; } = [];

    internal HashSet<string> TableNames { get; } = new(StringComparer.Ordinal);
}
