using LibNetwork.Cni.Results;

namespace LibNetwork.Cni.Configuration;

/// <summary>Which field of the configuration's JSON is what.</summary>
internal static class ConfigurationFields
{
    public const string Version = "cniVersion";

    public static NetworkConfiguration Read(JsonFields fields)
    {
        string name = fields.Text("name") ?? string.Empty;
        NetworkConfiguration defaults = new();
        return defaults with
        {
            CniVersion = fields.Text(Version),
            Name = name,
            Bridge = fields.Text("bridge") is { Length: > 0 } bridge ? bridge : defaults.Bridge,
            IsGateway = fields.Flag("isGateway") ?? false,
            IsDefaultGateway = fields.Flag("isDefaultGateway") ?? false,
            IpMasq = fields.Flag("ipMasq") ?? false,
            IpMasqBackend = fields.Text("ipMasqBackend"),
            Mtu = fields.Number("mtu") ?? 0,
            HairpinMode = fields.Flag("hairpinMode") ?? false,
            PortIsolation = fields.Flag("portIsolation") ?? false,
            MacSpoofChk = fields.Flag("macspoofchk"),
            PromiscMode = fields.Flag("promiscMode") ?? false,
            ForceAddress = fields.Flag("forceAddress") ?? false,
            DisableContainerInterface = fields.Flag("disableContainerInterface") ?? false,
            Vlan = fields.Number("vlan") ?? 0,
            HasVlanTrunk = fields.Objects("vlanTrunk", static _ => true).Count > 0,
            Ipam = fields.Object("ipam") is { } ipam ? Ipam(ipam) : null,
            Dns = fields.Object("dns") is { } dns ? Dns(dns) : null,
            RuntimeConfig = fields.Object("runtimeConfig") is { } runtime ? Runtime(runtime, name) : defaults.RuntimeConfig,
            Arguments = fields.Object("args")?.Object("cni") is { } common ? Runtime(common, name) : defaults.Arguments,
            PrevResult = fields.Object("prevResult") is { } result ? Result(result) : null,
            ValidAttachments = fields.Objects(
                "cni.dev/valid-attachments", static attachment => (attachment.NeededText("containerID"), attachment.NeededText("ifname"))),
            RunDirectory = fields.Text("runDirectory") is { Length: > 0 } folder ? folder : defaults.RunDirectory,
        };
    }

    private static IpamConfiguration Ipam(JsonFields fields) => new()
    {
        Type = fields.Text("type"),
        Ranges = fields.Lists("ranges", Range),
        Only = fields.Text("subnet") is null ? null : Range(fields),
        Routes = fields.Objects("routes", Route),
        ResolvConf = fields.Text("resolvConf"),
    };

    private static RangeConfiguration Range(JsonFields fields)
        => new(fields.Text("subnet"), fields.Text("rangeStart"), fields.Text("rangeEnd"), fields.Text("gateway"));

    private static RuntimeConfiguration Runtime(JsonFields fields, string network) => new()
    {
        PortMappings = fields.Objects("portMappings", static mapping => new PortMapping(
            mapping.Number("hostPort") ?? 0, mapping.Number("containerPort") ?? 0, mapping.Text("protocol") is { Length: > 0 } protocol ? protocol : "tcp", mapping.Text("hostIP"))),
        Ips = fields.Texts("ips"),
        Mac = fields.Text("mac"),
        IpRanges = fields.Lists("ipRanges", Range),
        Aliases = fields.Names("aliases", network),
    };

    private static DnsConfiguration Dns(JsonFields fields) => new()
    {
        Nameservers = NoneIfEmpty(fields.Texts("nameservers")),
        Domain = fields.Text("domain"),
        Search = NoneIfEmpty(fields.Texts("search")),
        Options = NoneIfEmpty(fields.Texts("options")),
    };

    private static IReadOnlyList<string>? NoneIfEmpty(IReadOnlyList<string> texts) => texts.Count > 0 ? texts : null;

    private static CniResult Result(JsonFields fields) => new()
    {
        CniVersion = fields.Text(Version),
        Interfaces = fields.Objects("interfaces", static link => new ResultInterface
        {
            Name = link.NeededText("name"),
            Mac = link.Text("mac"),
            Mtu = link.Number("mtu"),
            Sandbox = link.Text("sandbox"),
            SocketPath = link.Text("socketPath"),
            PciID = link.Text("pciID"),
        }),
        Ips = fields.Objects("ips", static address => new ResultAddress
        {
            Address = address.NeededText("address"), Gateway = address.Text("gateway"), Interface = address.Number("interface"),
        }),
        Routes = fields.Objects("routes", Route),
        Dns = fields.Object("dns") is { } dns ? Dns(dns) : null,
    };

    private static ResultRoute Route(JsonFields fields) => new()
    {
        Dst = fields.NeededText("dst"),
        Gw = fields.Text("gw"),
        Mtu = fields.Number("mtu"),
        Advmss = fields.Number("advmss"),
        Priority = fields.Number("priority"),
        Table = fields.Number("table"),
        Scope = fields.Number("scope"),
    };
}
