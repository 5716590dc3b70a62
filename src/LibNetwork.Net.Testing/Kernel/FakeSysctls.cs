using LibNetwork.Linux;

namespace LibNetwork.Testing.Kernel;

/// <summary>The kernel parameters below <c>net</c>.</summary>
internal sealed class FakeSysctls(FakeNamespace inside)
{
    private const string On = "1", Off = "0";
    private const string ForwardingIPv4 = "net/ipv4/conf/all/forwarding";

    /// <summary>Parameters of an interface, and of <c>all</c> and <c>default</c>, with their values at the beginning.</summary>
    private static readonly Dictionary<string, string> OfInterfaces = new(StringComparer.Ordinal)
    {
        ["ipv4/conf/accept_local"] = Off, ["ipv4/conf/accept_redirects"] = On, ["ipv4/conf/accept_source_route"] = Off, ["ipv4/conf/arp_announce"] = Off,
        ["ipv4/conf/arp_filter"] = Off, ["ipv4/conf/arp_ignore"] = Off, ["ipv4/conf/arp_notify"] = Off, ["ipv4/conf/forwarding"] = Off,
        ["ipv4/conf/log_martians"] = Off, ["ipv4/conf/proxy_arp"] = Off, ["ipv4/conf/rp_filter"] = Off, ["ipv4/conf/route_localnet"] = Off,
        ["ipv4/conf/send_redirects"] = On, ["ipv6/conf/accept_dad"] = On, ["ipv6/conf/accept_ra"] = On, ["ipv6/conf/accept_redirects"] = On,
        ["ipv6/conf/addr_gen_mode"] = Off, ["ipv6/conf/autoconf"] = On, ["ipv6/conf/disable_ipv6"] = Off, ["ipv6/conf/forwarding"] = Off,
        ["ipv6/conf/hop_limit"] = "64", ["ipv6/conf/keep_addr_on_down"] = Off, ["ipv6/conf/mtu"] = "1500", ["ipv6/conf/proxy_ndp"] = Off,
        ["ipv6/conf/use_tempaddr"] = Off, ["ipv4/neigh/gc_stale_time"] = "60", ["ipv6/neigh/gc_stale_time"] = "60",
    };

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal)
    {
        ["net/core/somaxconn"] = "4096", ["net/ipv4/ip_default_ttl"] = "64", ["net/ipv4/ip_forward"] = Off,
        ["net/ipv4/ip_local_port_range"] = "32768\t60999", ["net/ipv4/ip_local_reserved_ports"] = string.Empty, ["net/ipv4/ip_nonlocal_bind"] = Off,
        ["net/ipv4/ip_unprivileged_port_start"] = "1024", ["net/ipv4/ping_group_range"] = "1\t0", ["net/ipv6/bindv6only"] = Off, ["net/ipv6/ip_nonlocal_bind"] = Off,
    };

    public bool IsIPv6On(FakeLink link) => ReadOf(link, "ipv6/conf/disable_ipv6") == Off && ReadOf("all", "ipv6/conf/disable_ipv6") == Off;

    /// <summary>Parameters that are not as they were at the beginning.</summary>
    public IEnumerable<KeyValuePair<string, string>> Changed => _values.Where(static pair => pair.Key.Contains("/conf/", StringComparison.Ordinal) || pair.Key == "net/ipv4/ip_forward");

    public string Read(string key)
    {
        if (key == ForwardingIPv4)
        {
            return _values["net/ipv4/ip_forward"];
        }

        return _values.TryGetValue(key, out string? value) ? value
            : Split(key) is not { } parts ? throw Missing("read sysctl", key)
            : parts.Link is { } link ? ReadOf(link, parts.Parameter)
            : ReadOf(parts.Scope, parts.Parameter);
    }

    public void Write(string key, string value)
    {
        string real = key == ForwardingIPv4 ? "net/ipv4/ip_forward" : key;
        if (Split(real) is not { } parts)
        {
            _values[real] = _values.ContainsKey(real) ? value : throw Missing("write sysctl", key);
            return;
        }

        if (parts.Link is { } link)
        {
            link.Parameters[parts.Parameter] = value;
        }
        else
        {
            _values[real] = value;
        }

        if (parts.Parameter == "ipv6/conf/disable_ipv6" && value != Off)
        {
            foreach (FakeLink off in inside.Links.Where(candidate => candidate == parts.Link || parts.Scope == "all"))
            {
                inside.RemoveIPv6Addresses(off);
            }
        }
    }

    public string ReadOf(FakeLink link, string parameter)
        => link.Parameters.TryGetValue(parameter, out string? value) ? value : ReadOf("default", parameter);

    private string ReadOf(string scope, string parameter)
    {
        string[] parts = parameter.Split('/');
        return _values.GetValueOrDefault($"net/{parts[0]}/{parts[1]}/{scope}/{parts[2]}") ?? OfInterfaces[parameter];
    }

    /// <summary>Reads <c>net/FAMILY/KIND/INTERFACE/NAME</c>; <see langword="null"/> when it is no such key, or there is no such parameter or interface.</summary>
    private (string Scope, FakeLink? Link, string Parameter)? Split(string key)
        => key.Split('/') is ["net", var family, var kind, var scope, var name] && OfInterfaces.ContainsKey($"{family}/{kind}/{name}")
            && (inside.Find(scope) is var link && (link is not null || scope is "all" or "default"))
            ? (scope, link, $"{family}/{kind}/{name}")
            : null;

    private static KernelException Missing(string operation, string key) => new(operation, key, LinuxErrno.ENOENT);
}
