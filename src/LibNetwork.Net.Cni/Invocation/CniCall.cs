using LibNetwork.Cni.Configuration;

namespace LibNetwork.Cni.Invocation;

/// <summary>One call of a runtime: what it wants, of what, on which network.</summary>
internal sealed record CniCall(CniEnvironment Environment, NetworkConfiguration Configuration)
{
    public string Version => Configuration.CniVersion ?? CniVersion.Newest;

    public string Subject => $"container {Environment.ContainerId} on network {Configuration.Name}";
}
