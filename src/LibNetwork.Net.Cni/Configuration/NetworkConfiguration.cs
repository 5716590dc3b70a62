using LibNetwork.Cni.Results;

namespace LibNetwork.Cni.Configuration;

/// <summary>A network as the runtime's configuration file has it, with what the runtime adds for one call.</summary>
internal sealed record NetworkConfiguration
{
    public const string DefaultBridge = "cni0";

    public string? CniVersion { get; init; }

    public string Name { get; init; } = string.Empty;

    /// <summary>The bridge's name.</summary>
    public string Bridge { get; init; } = DefaultBridge;

    /// <summary>Whether the bridge has the gateway's address.</summary>
    public bool IsGateway { get; init; }

    /// <summary>Whether the gateway is the containers' default route as well.</summary>
    public bool IsDefaultGateway { get; init; }

    /// <summary>Whether what leaves carries the host's address.</summary>
    public bool IpMasq { get; init; }

    public string? IpMasqBackend { get; init; }

    /// <summary>The links' MTU in bytes; 0 is the kernel's own choice.</summary>
    public int Mtu { get; init; }

    public bool HairpinMode { get; init; }

    /// <summary>Whether containers of the network cannot talk to each other.</summary>
    public bool PortIsolation { get; init; }

    /// <summary>Whether only what comes from a container's own addresses leaves its port; here the default is yes.</summary>
    public bool? MacSpoofChk { get; init; }

    public bool PromiscMode { get; init; }

    public bool ForceAddress { get; init; }

    public bool DisableContainerInterface { get; init; }

    public int Vlan { get; init; }

    public bool HasVlanTrunk { get; init; }

    public IpamConfiguration? Ipam { get; init; }

    public DnsConfiguration? Dns { get; init; }

    public RuntimeConfiguration RuntimeConfig { get; init; } = new();

    /// <summary>Arguments by the conventions of CNI, in the part that is for every plugin (<c>args.cni</c>).</summary>
    public RuntimeConfiguration Arguments { get; init; } = new();

    public CniResult? PrevResult { get; init; }

    /// <summary>With GC: what the runtime still has.</summary>
    public IReadOnlyList<(string ContainerId, string InterfaceName)> ValidAttachments { get; init; } = [];

    /// <summary>Where this plugin keeps its state, which need not outlive the machine.</summary>
    public string RunDirectory { get; init; } = "/run/libnetwork-cni";
}
