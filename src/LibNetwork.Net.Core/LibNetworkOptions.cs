using LibNetwork.Ipam;
using LibNetwork.Linux;

namespace LibNetwork;

/// <summary>Settings of a network controller.</summary>
public sealed record LibNetworkOptions
{
    /// <summary>The pinned network namespace that is the host.</summary>
    /// <value>The default, <see langword="null"/>, is the namespace that the process was started in.</value>
    public string? HostNamespacePath { get; set; }

    /// <summary>The folder for what must not survive a reboot; sandboxes are pinned in its <c>netns</c>.</summary>
    /// <value>The default is <c>/run/libnetwork</c>.</value>
    public string RunDirectory { get; set; } = "/run/libnetwork";

    /// <summary>Where pools come from when a network names none.</summary>
    /// <value>The default is Docker's list, 172.17.0.0/16 to 192.168.240.0/20, and for IPv6 a range of this machine's own (RFC 4193).</value>
    public IReadOnlyList<DefaultPool> DefaultPools { get; set; } = BuiltInPools.ForThisMachine();

    /// <summary>Settings of the resolvers inside sandboxes.</summary>
    public DnsResolverOptions Dns { get; set; } = new();

    /// <summary>Sees every request to the kernel.</summary>
    /// <value>The default is nobody.</value>
    public IKernelObserver? KernelObserver { get; set; }
}
