namespace LibNetwork.Plugins;

/// <summary>How a driver is offered as a Docker plugin.</summary>
public sealed record DockerPluginOptions
{
    /// <summary>The driver, among those that are registered.</summary>
    /// <value>The default, <see langword="null"/>, is <c>bridge</c> for networks and <c>default</c> for IPAM.</value>
    public string? DriverName { get; init; }

    /// <summary>
    /// The network namespace of the host, where Docker takes endpoints' interfaces from: the driver's and the Docker daemon's own.
    /// </summary>
    /// <value>The default, <see langword="null"/>, is the namespace that the process was started in.</value>
    public string? HostNamespacePath { get; init; }

    /// <summary>How long a request may be, in bytes; a longer one is refused as a whole.</summary>
    /// <value>The default is 1 MiB.</value>
    public int MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>The name that plugins of one store are told apart by.</summary>
    /// <value>The default, <see langword="null"/>, is the driver's name.</value>
    public string? RecordName { get; init; }
}
