namespace LibNetwork.Linux.Features;

/// <summary>Something that a kernel may have or lack, found out by trying it in a namespace that is thrown away.</summary>
/// <remarks>The answer is found once per process, in a few milliseconds, when it is first asked for. Thread safe.</remarks>
public sealed class KernelFeature
{
    private readonly Lazy<KernelException?> _refusal;

    private KernelFeature(string name, Action<FeatureProbe> probe)
    {
        Name = name;
        _refusal = new Lazy<KernelException?>(() => FeatureProbe.Run(probe));
    }

    /// <summary>Bridges.</summary>
    public static KernelFeature Bridge { get; } = new("bridge", static probe => probe.CreatePlain("bridge"));

    /// <summary>Bridges that tell VLANs apart.</summary>
    public static KernelFeature BridgeVlanFiltering { get; } = new("bridge VLAN filtering", static probe => probe.CreateFilteringBridge());

    /// <summary>Virtual cables.</summary>
    public static KernelFeature Veth { get; } = new("veth", static probe => probe.CreateParent());

    /// <summary>VXLAN tunnels.</summary>
    public static KernelFeature Vxlan { get; } = new("vxlan", static probe => probe.CreateVxlan());

    /// <summary>Macvlan interfaces.</summary>
    public static KernelFeature Macvlan { get; } = new("macvlan", static probe => probe.CreateMacvlan());

    /// <summary>Ipvlan interfaces.</summary>
    public static KernelFeature Ipvlan { get; } = new("ipvlan", static probe => probe.CreateIpvlan());

    /// <summary>Dummy interfaces.</summary>
    public static KernelFeature Dummy { get; } = new("dummy", static probe => probe.CreatePlain("dummy"));

    /// <summary>VLAN interfaces.</summary>
    public static KernelFeature Vlan { get; } = new("vlan", static probe => probe.CreateVlan());

    /// <summary>WireGuard tunnels.</summary>
    public static KernelFeature WireGuard { get; } = new("wireguard", static probe => probe.CreatePlain("wireguard"));

    /// <summary>The kernel's load balancer (IPVS).</summary>
    public static KernelFeature IpVs { get; } = new("ipvs", static probe => probe.FindGenericFamily("IPVS"));

    /// <summary>All features that can be asked for.</summary>
    public static IReadOnlyList<KernelFeature> All { get; } = [Bridge, BridgeVlanFiltering, Veth, Vxlan, Macvlan, Ipvlan, Dummy, Vlan, WireGuard, IpVs];

    /// <summary>The feature's name in the kernel.</summary>
    public string Name { get; }

    /// <summary>Whether the kernel has it and this process may use it.</summary>
    public bool IsSupported => _refusal.Value is null;

    /// <summary>Why it is not supported, for a message; <see langword="null"/> when it is.</summary>
    public string? Reason => _refusal.Value is { } refusal ? $"this kernel has no {Name}: {refusal.Message}" : null;

    /// <summary>The feature's name.</summary>
    public override string ToString() => Name;
}
