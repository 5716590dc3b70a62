using LibNetwork.Ipam;
using LibNetwork.Linux;

namespace LibNetwork;

/// <summary>Settings of a network controller.</summary>
public sealed record LibNetworkOptions
{
    private IReadOnlyList<DefaultPool>? _defaultPools;

    /// <summary>The pinned network namespace that is the host.</summary>
    /// <value>The default, <see langword="null"/>, is the namespace that the process was started in.</value>
    public string? HostNamespacePath { get; set; }

    /// <summary>The folder for what must not survive a reboot; sandboxes are pinned in its <c>netns</c>.</summary>
    /// <value>The default is <c>/run/libnetwork</c>.</value>
    public string RunDirectory { get; set; } = "/run/libnetwork";

    /// <summary>Where pools come from when a network names none.</summary>
    /// <value>
    /// The default is Docker's list, 172.17.0.0/16 to 192.168.240.0/20 (31 networks), and in reserve 10.48.0.0/12 and 10.64.0.0/11 cut into
    /// 12,288 pools of size /24; for IPv6 a range of this machine's own (RFC 4193), which is added also to a list that has none.
    /// </value>
    public IReadOnlyList<DefaultPool> DefaultPools
    {
        get => _defaultPools ??= BuiltInPools.ForThisMachine();   // this machine's own range is a hash, whose first costs milliseconds
        set => _defaultPools = value;
    }

    /// <summary>Settings of the resolvers inside sandboxes.</summary>
    public DnsResolverOptions Dns { get; set; } = new();

    /// <summary>
    /// Whether the controller watches the kernel from its first verb on and puts back what others removed. What it does it tells in
    /// <see cref="INetworkController.WatchEvents"/>.
    /// </summary>
    /// <value>The default is <see langword="false"/>: a library changes nothing by itself unless it is told to.</value>
    public bool Reconcile { get; set; }

    /// <summary>
    /// Whether pools that the user does not name keep away from what the host uses, and a <see cref="PoolCollisionEvent"/> tells when the
    /// host begins to use a range of a network: routes of all tables, addresses, name servers.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool AvoidHostRanges { get; set; } = true;

    /// <summary>
    /// Whether a start whose store has lost its state (<see cref="Stores.LostState"/>) puts what lives on record again, as far as the marks in
    /// the kernel tell. What they do not tell, such as labels, is in <see cref="RestoreReport.Rebuilt"/>.
    /// </summary>
    /// <value>The default is <see langword="true"/>. Otherwise what lives stays, and stays protected, until somebody deletes that key.</value>
    public bool RebuildLostState { get; set; } = true;

    /// <summary>Who puts packet rules in place.</summary>
    /// <value>The default is <see cref="FirewallMode.Nftables"/>. A firewall of the user's own, registered as a service, is used whatever this says.</value>
    public FirewallMode Firewall { get; set; }

    /// <summary>What is done about chains of others whose policy drops the packets that networks forward.</summary>
    /// <value>
    /// The default is <see cref="LibNetwork.ForeignFirewall.Respect"/>. With <see cref="LibNetwork.ForeignFirewall.Integrate"/> a chain that appears
    /// later, and a rule that others remove, is seen to at once if <see cref="Reconcile"/> is on, else when the next network comes or goes.
    /// </value>
    public ForeignFirewall ForeignFirewall { get; set; }

    /// <summary>
    /// Whether a socket holds each published port, so that no process of the host can take it, and a process that has it is named. Otherwise ports are
    /// only kept from other endpoints, and nothing is relayed: for a process that does not stay, beside others that hold the ports themselves.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool HoldPorts { get; set; } = true;

    /// <summary>The file that names the host's name servers.</summary>
    /// <value>The default is <c>/etc/resolv.conf</c>; where it names only systemd's stub, the file behind that is read.</value>
    public string ResolvConfPath { get; set; } = "/etc/resolv.conf";

    /// <summary>The host whose ranges pools keep away from, when that is not the controller's own.</summary>
    internal HostKernel? RangesOf { get; init; }

    /// <summary>Sees every request to the kernel.</summary>
    /// <value>The default is nobody.</value>
    public IKernelObserver? KernelObserver { get; set; }
}
