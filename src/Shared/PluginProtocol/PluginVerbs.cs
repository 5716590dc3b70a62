namespace LibNetwork.Plugins.Protocol;

/// <summary>The verbs of Docker's plugin protocol, version 1: each is a path of a POST request.</summary>
internal static class PluginVerbs
{
    public const string Activate = "Plugin.Activate";

    public const string NetworkDriver = "NetworkDriver";
    public const string GetCapabilities = "NetworkDriver.GetCapabilities";
    public const string CheckGatewayAllocation = "NetworkDriver.GwAllocCheck";
    public const string AllocateNetwork = "NetworkDriver.AllocateNetwork";
    public const string FreeNetwork = "NetworkDriver.FreeNetwork";
    public const string CreateNetwork = "NetworkDriver.CreateNetwork";
    public const string DeleteNetwork = "NetworkDriver.DeleteNetwork";
    public const string CreateEndpoint = "NetworkDriver.CreateEndpoint";
    public const string DeleteEndpoint = "NetworkDriver.DeleteEndpoint";
    public const string DescribeEndpoint = "NetworkDriver.EndpointOperInfo";
    public const string Join = "NetworkDriver.Join";
    public const string Leave = "NetworkDriver.Leave";
    public const string ProgramExternalConnectivity = "NetworkDriver.ProgramExternalConnectivity";
    public const string RevokeExternalConnectivity = "NetworkDriver.RevokeExternalConnectivity";
    public const string DiscoverNew = "NetworkDriver.DiscoverNew";
    public const string DiscoverDelete = "NetworkDriver.DiscoverDelete";

    public const string IpamDriver = "IpamDriver";
    public const string GetIpamCapabilities = "IpamDriver.GetCapabilities";
    public const string GetAddressSpaces = "IpamDriver.GetDefaultAddressSpaces";
    public const string RequestPool = "IpamDriver.RequestPool";
    public const string ReleasePool = "IpamDriver.ReleasePool";
    public const string RequestAddress = "IpamDriver.RequestAddress";
    public const string ReleaseAddress = "IpamDriver.ReleaseAddress";

    /// <summary>What bodies are, and what a caller says that it understands.</summary>
    public const string MediaType = "application/vnd.docker.plugins.v1.2+json";
}
