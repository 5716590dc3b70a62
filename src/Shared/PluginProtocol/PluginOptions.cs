namespace LibNetwork.Plugins.Protocol;

/// <summary>Keys of the options that requests carry, beyond the labels that users know.</summary>
internal static class PluginOptions
{
    /// <summary>A map of the labels that the user set.</summary>
    public const string Generic = "com.docker.network.generic";

    /// <summary>A list of <see cref="PortMessage"/>: what is to be published, or in a description what is.</summary>
    public const string PortMap = "com.docker.network.portmap";

    /// <summary>A list of <see cref="PortMessage"/> with protocol and port.</summary>
    public const string ExposedPorts = "com.docker.network.endpoint.exposedports";

    /// <summary>Another endpoint is the sandbox's way out for IPv6.</summary>
    public const string AnotherIPv6Gateway = "com.docker.network.driver.private.no_proxy_6to4";
}
