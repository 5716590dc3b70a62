namespace MiniRuntime.Api;

/// <summary>How an engine is served.</summary>
/// <param name="SocketPath">The unix socket that clients connect to.</param>
/// <param name="StateFolder">Where everything that the engine keeps lies.</param>
/// <param name="HostNamespacePath">The network namespace that is the host; <see langword="null"/> for the process's own.</param>
internal sealed record ServeOptions(string SocketPath, string StateFolder, string? HostNamespacePath)
{
    /// <summary>Where sockets of Docker plugins are; <see langword="null"/> for where Docker looks.</summary>
    public string? PluginFolder { get; init; }

    /// <summary>The cluster; <see langword="null"/> for an engine on its own.</summary>
    public ClusterMembership? Cluster { get; init; }
}
